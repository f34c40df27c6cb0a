// The last screen of a guest or of one of its saved moments, asked for one by one and kept no longer than the screen that
// shows it. Decoration: the words beside it say all.
import { useCallback, useEffect, useState } from 'react';
import type { DrillPicture } from '../../preload/contract/backup';
import type { IpcReply } from '../../preload/contract/channels';
import { ask } from '../ask';
import { Picture } from '../parts/picture';

type Shown = Uint8Array<ArrayBuffer> | null;

export function LastScreen({ of, has }: { of: string | number; has: boolean }) {
  const asked = useCallback(
    () => (typeof of === 'string' ? ask('guestPicture', of) : ask('momentPicture', of)),
    [of],
  );
  return <Asked asked={asked} has={has} />;
}

/** Of a moment that lies in a backup. */
export function BackupScreen({ of }: { of: number }) {
  const asked = useCallback(() => ask('backupPicture', of), [of]);
  return <Asked asked={asked} has />;
}

/** Of a repository's last drill. */
export function DrillScreen({ name, of }: DrillPicture) {
  const asked = useCallback(() => ask('drillPicture', { name, of }), [name, of]);
  return <Asked asked={asked} has />;
}

type Reply = IpcReply<'guestPicture' | 'momentPicture' | 'backupPicture' | 'drillPicture'>;

function Asked({ asked, has }: { readonly asked: () => Promise<Reply>; readonly has: boolean }) {
  const [png, setPng] = useState<Shown>(null);
  useEffect(() => {
    if (!has) return;
    let gone = false;
    void asked().then((reply) => {
      // A copy of its own: what came over the bridge may lie in shared memory.
      if (!gone && reply.ok && reply.value.png !== null) setPng(new Uint8Array(reply.value.png));
    });
    return () => {
      gone = true;
    };
  }, [asked, has]);
  return <Picture png={png} />;
}
