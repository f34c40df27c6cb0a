// The recovery key's eight empty cells, as every page that shows the key draws them, and what is said when a group that
// was typed back is wrong. Who holds the ref writes the digits and takes them away.
import type { Ref } from 'react';
import type { Look } from '../../preload/contract/view';
import { Notice } from '../parts/notice';
import { ShownSecret } from '../parts/shown-secret';
import { groupCount } from './setup/recovery-digits';
import { useWords } from './use-words';

export function RecoveryGrid({ look, listRef }: { look: Look; listRef: Ref<HTMLOListElement> }) {
  const { t, figures } = useWords(look);
  return (
    <ShownSecret
      kind="digits"
      label={t('setup.recovery.label')}
      count={groupCount}
      number={figures.number}
      listRef={listRef}
    />
  );
}

/** Said anew at each try. `one`, `other`: the numbers of the groups that were asked for. */
export function WrongGroups(props: {
  look: Look;
  tries: number;
  one: string | undefined;
  other: string | undefined;
}) {
  const { t } = useWords(props.look);
  return (
    <div role="alert" key={props.tries}>
      <Notice
        level="care"
        title={t('setup.recovery.wrong')}
        body={t('setup.recovery.wrongAdvice', { first: props.one, second: props.other })}
      />
    </div>
  );
}
