// The last screen of a guest or of one of its saved moments, asked for one by one and kept no longer than the screen that
// shows it. Decoration: the words beside it say all.
import { useEffect, useState } from 'react';
import { ask } from '../ask';
import { Picture } from '../parts/picture';

export function LastScreen({ of, has }: { of: string | number; has: boolean }) {
  const [png, setPng] = useState<Uint8Array<ArrayBuffer> | null>(null);
  useEffect(() => {
    if (!has) return;
    let gone = false;
    const asked = typeof of === 'string' ? ask('guestPicture', of) : ask('momentPicture', of);
    void asked.then((reply) => {
      // A copy of its own: what came over the bridge may lie in shared memory.
      if (!gone && reply.ok && reply.value.png !== null) setPng(new Uint8Array(reply.value.png));
    });
    return () => {
      gone = true;
    };
  }, [of, has]);
  return <Picture png={png} />;
}
