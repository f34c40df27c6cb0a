// How the desktop fills this screen, and on which screen it is. A choice is shown at once and asked about for ten seconds.
import type { Way } from '../../../preload/contract/controls';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Choices } from '../../parts/panel';
import { isolate } from '../../text/figures';
import { useWords } from '../use-words';

export function DisplayPart({ view }: { view: View }) {
  const { t, figures } = useWords(view.look);
  const { display } = view.controls;
  const { language } = view.look;
  const nameOf = (name: string, monitor: string | null): string =>
    monitor === null
      ? t('controls.display.plug', { plug: isolate(name, language) })
      : `${isolate(monitor, language)} (${isolate(name, language)})`;
  return (
    <>
      {display === null ? null : (
        <>
          <p className="small num">
            {t('controls.display.now', {
              width: figures.pixels(display.size.width),
              height: figures.pixels(display.size.height),
            })}
          </p>
          {display.choices.length < 2 ? null : (
            <Choices
              label={t('controls.display.how')}
              choices={display.choices.map((way) => ({
                value: way,
                text: t(`controls.display.ways.${way}`),
              }))}
              chosen={display.way}
              onChoose={(way: Way) => void ask('chooseDisplay', { output: null, way })}
            />
          )}
          {display.outputs.length < 2 || display.output === null ? null : (
            <Choices
              label={t('controls.display.on')}
              choices={display.outputs.map(({ name, monitor }) => ({
                value: name,
                text: nameOf(name, monitor),
              }))}
              chosen={display.output}
              onChoose={(output) => void ask('chooseDisplay', { output, way: display.way })}
            />
          )}
        </>
      )}
    </>
  );
}
