import { describe, expect, it } from 'vitest';
import { refusalToStart } from './guards';

const packaged = { packaged: true, arguments: [], environment: {} };

describe('the packaged app', () => {
  it.each([
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--inspect',
    '--inspect-brk=0',
    '--inspect-publish-uid=http',
    '-inspect',
    '--js-flags=--expose-gc',
    '--load-extension=/tmp/x',
    '--renderer-cmd-prefix=xterm',
    '--require=/tmp/x.js',
    '-r',
    '--disable-web-security',
    '--proxy-server=x',
    '--user-data-dir=/tmp',
  ])('does not start with %s', (argument) => {
    expect(refusalToStart({ ...packaged, arguments: [argument] })).toContain('does not start with');
  });

  it.each(['LD_PRELOAD', 'LD_LIBRARY_PATH', 'NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'SSLKEYLOGFILE'])(
    'does not start with %s set',
    (name) => {
      expect(refusalToStart({ ...packaged, environment: { [name]: '1' } })).toContain(name);
    },
  );

  it('does not repeat the value, which may be anything', () => {
    expect(refusalToStart({ ...packaged, environment: { NODE_OPTIONS: 'marigold' } })).not.toContain(
      'marigold',
    );
  });

  it('starts with what is ours, and with variables that are empty', () => {
    const given = { ...packaged, arguments: ['--no-sandbox', 'inspect'], environment: { LD_PRELOAD: '' } };
    expect(refusalToStart(given)).toBeNull();
  });
});

it('lets a checkout be driven by a debugger, as the end-to-end tests do', () => {
  const given = { packaged: false, arguments: ['--inspect=0', '--remote-debugging-port=0'], environment: {} };
  expect(refusalToStart(given)).toBeNull();
});
