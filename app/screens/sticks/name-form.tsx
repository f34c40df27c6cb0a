// The last question before a disk is erased: its own name, typed. It stands above the field with its size and serial number;
// main compares what was typed, and nothing happens until it is right.
import { type FormEvent, useRef, useState } from 'react';
import type { DiskCard } from '../../../preload/contract/sticks';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { Notice } from '../../parts/notice';
import { isolate } from '../../text/figures';
import { Frame } from '../frame';
import { useWords } from '../use-words';
import type { AtSticks } from './told';

/** As the contract has it: more is no name. */
const longest = 500;

export function NameForm({ view, story, disk }: { view: View; story: AtSticks; disk: DiskCard }) {
  const { t, figures, language } = useWords(view.look);
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  // Each wrong name is news, also the second one.
  const [tries, setTries] = useState(0);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (typed.trim() === '') return;
    const reply = await ask('nameDisk', typed);
    if (reply.ok && !reply.value.right) setTries((before) => before + 1);
  };
  const serial = disk.serial === null || disk.serial === disk.name ? null : disk.serial;
  return (
    <Frame
      view={view}
      sky="day"
      title={t('sticks.name.title')}
      safeLine={t('sticks.safe.nothing')}
      switchOff
      arrival={`sticks name ${tries}`}
      first={field}
    >
      {story.misnamed ? (
        <div role="alert" key={tries}>
          <Notice level="fault" title={t('sticks.name.other')} />
        </div>
      ) : null}
      <p className="num">
        <b>
          <bdi>{disk.name}</bdi>
        </b>
        {', '}
        {figures.size(disk.bytes)}
        {serial === null ? '' : `, ${t('sticks.serial', { serial: isolate(serial, language) })}`}
      </p>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <div>
          <label htmlFor="disk-name">{t('sticks.name.label', { name: isolate(disk.name, language) })}</label>
          <div className="field">
            <input
              id="disk-name"
              ref={field}
              className="line"
              type="text"
              dir="auto"
              maxLength={longest}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              autoCorrect="off"
              autoCapitalize="none"
              spellCheck={false}
            />
          </div>
        </div>
        <div className="row acts">
          {typed.trim() === '' ? (
            <WaitingButton label={t('sticks.name.waits')} />
          ) : (
            <Button submits label={t('sticks.name.do')} />
          )}
          <Button
            kind="second"
            icon="undo"
            label={t('sticks.back')}
            onPress={() => void ask('askDisk', null)}
          />
        </div>
      </form>
    </Frame>
  );
}
