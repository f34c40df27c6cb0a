import { expect, it } from 'vitest';
import { viewerStyle } from './viewer-style';

const place = { x: 1280, y: 0, width: 1024, height: 768 };

it('has black ground, and nothing else, for a guest that fills the screen', () => {
  const style = viewerStyle({ place, part: place, backdrop: null });
  expect(style).toContain('window { background-color: #000; }');
  expect(style).not.toMatch(/padding|animation/);
});

it('pushes the picture in from all four sides of its own monitor', () => {
  const part = { x: 1280 + 112, y: 184, width: 800, height: 400 };
  expect(viewerStyle({ place, part, backdrop: null })).toContain(
    'notebook { padding: 184px 112px 184px 112px; }',
  );
});

it('lays the backdrop where the guest will be, and takes it away after a while, whatever its folder is called', () => {
  const at = { x: 1280 + 112, y: 184, width: 800, height: 400 };
  const style = viewerStyle({ place, part: place, backdrop: { file: '/run/a "b/picture.jpg', at } });
  expect(style).toContain('url("file:///run/a%20%22b/picture.jpg")');
  expect(style).toContain('background-position: 112px 184px;');
  expect(style).toContain('background-image: none');
});
