// What the pages that write a stick share: why looking or writing ended, in words, with the machine's own under them.
import type { Fault } from '../../../preload/contract/fault';
import type { Story, View } from '../../../preload/contract/view';
import { Notice } from '../../parts/notice';
import { Disclosure } from '../../parts/three-rows';
import { useWords } from '../use-words';

export type AtSticks = Extract<Story, { state: 'sticks' }>;

type Why =
  | 'stopped'
  | 'stoppedEmpty'
  | 'denied'
  | 'changed'
  | 'gone'
  | 'image'
  | 'tool'
  | 'cut'
  | 'looking'
  | 'failed';

/** Once the first byte was written, all that counts is that the disk is empty. */
function whyOf({ code, stage }: Fault, touched: boolean): Why {
  if (code === 'cancelled') return touched ? 'stoppedEmpty' : 'stopped';
  if (touched) return 'cut';
  switch (code) {
    case 'denied':
    case 'refusedDisk':
      return code === 'denied' ? 'denied' : 'changed';
    case 'missingDisk':
    case 'missingFile':
      return 'gone';
    case 'unusableFile':
      return 'image';
    case 'toolMissing':
      return 'tool';
    default:
      return stage === 'stick.disks' ? 'looking' : 'failed';
  }
}

export function WhyNot({ view, fault, touched }: { view: View; fault: Fault; touched: boolean }) {
  const { t } = useWords(view.look);
  const why = whyOf(fault, touched);
  const asAsked = why === 'stopped' || why === 'stoppedEmpty';
  const rows = [
    { term: t('fault.stage'), text: fault.stage },
    { term: t('fault.message'), text: fault.message },
    ...(fault.hint === undefined ? [] : [{ term: t('fault.hint'), text: fault.hint }]),
  ];
  return (
    <>
      <div role={asAsked ? 'status' : 'alert'}>
        <Notice
          level={asAsked ? 'care' : 'fault'}
          title={t(`sticks.faults.${why}.title`)}
          body={t(`sticks.faults.${why}.body`)}
        />
      </div>
      {asAsked ? null : <Disclosure label={t('fault.helper', { code: fault.code })} rows={rows} />}
    </>
  );
}
