// The guest's last picture over the whole page, until its first one: between the two nothing flashes. Plain or blurred, as
// the owner wants it. It lies where the viewer will put the guest: as large as it fits, black around it.
import { useEffect, useState } from 'react';
import { ask } from '../ask';

/** The picture once it is decoded; null until then, and where there is none. Asked for early, to be there in time. */
export function useCurtain(guest: string, has: boolean): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!has) return;
    let gone = false;
    void ask('guestPicture', guest).then(async (reply) => {
      if (gone || !reply.ok || reply.value.png === null) return;
      const image = new Image();
      image.src = `data:image/png;base64,${base64(reply.value.png)}`;
      const decoded = await image.decode().then(
        () => true,
        () => false,
      );
      if (!gone && decoded) setUrl(image.src);
    });
    return () => {
      gone = true;
    };
  }, [guest, has]);
  return url;
}

/** In pieces: a picture of megabytes is too many arguments for one call. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 1 << 15) {
    text += String.fromCharCode(...bytes.subarray(at, at + (1 << 15)));
  }
  return btoa(text);
}

export function Curtain({ url, blurred, label }: { url: string; blurred: boolean; label: string }) {
  return (
    <main className="curtain">
      <h1 className="spoken">{label}</h1>
      <img src={url} alt="" className={blurred ? 'blurred' : ''} />
    </main>
  );
}
