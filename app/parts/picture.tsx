// A picture given as PNG bytes, drawn on a canvas: so no address for it is ever made, and the page's policy stays without
// blob: pictures. Decoration; what it shows is said in words beside it.
import { useEffect, useRef } from 'react';

export function Picture({ png }: { png: Uint8Array<ArrayBuffer> | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (png === null) return;
    let gone = false;
    // What cannot be decoded leaves the empty frame: the words beside it say all.
    createImageBitmap(new Blob([png], { type: 'image/png' }), { resizeWidth: 480, resizeQuality: 'medium' })
      .then((bitmap) => {
        const element = canvas.current;
        if (gone || element === null) return bitmap.close();
        element.width = bitmap.width;
        element.height = bitmap.height;
        element.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [png]);
  return <canvas className="picture" ref={canvas} width={16} height={10} />;
}
