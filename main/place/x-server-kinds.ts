// The X servers that we start, as data: program, package, arguments. All choose their display number themselves
// (-displayfd 3), want the cookie (-auth) and listen on no network.
import { join } from 'node:path';

export type XServerKind = 'xvnc' | 'xephyr' | 'xwayland' | 'xorg-dummy';

export interface XServerOrder {
  readonly folder: string;
  readonly width: number;
  readonly height: number;
  /** For the nested ones: over the whole desktop instead of a window. */
  readonly fullscreen: boolean;
  /** False: a server that cannot be asked for its outputs, as old drivers are. For tests. */
  readonly randr: boolean;
}

export interface XServerProgram {
  readonly program: string;
  readonly packageName: string;
  readonly args: readonly string[];
}

export const authorityFile = (folder: string): string => join(folder, 'authority');
export const vncSocket = (folder: string): string => join(folder, 'vnc.sock');
export const dummyConfigFile = (folder: string): string => join(folder, 'xorg.conf');

export function xServerProgram(kind: XServerKind, order: XServerOrder): XServerProgram {
  const { folder, width, height, fullscreen } = order;
  const size = `${width}x${height}`;
  const common = [
    ...['-displayfd', '3', '-auth', authorityFile(folder), '-nolisten', 'tcp', '-noreset'],
    ...(order.randr ? [] : ['-extension', 'RANDR']),
  ];
  switch (kind) {
    case 'xvnc':
      return {
        program: 'Xvnc',
        packageName: 'tigervnc-standalone-server',
        // A socket in a 0700 folder instead of a port; no clipboard between here and whoever looks on.
        args: [
          ...common,
          ...['-rfbunixpath', vncSocket(folder), '-rfbunixmode', '384', '-rfbport', '-1'],
          ...['-SecurityTypes', 'None', '-AcceptCutText=0', '-SendCutText=0', '-SendPrimary=0'],
          ...['-AcceptSetDesktopSize=0', '-desktop', 'SoulPad', '-geometry', size, '-depth', '24', '-br'],
        ],
      };
    case 'xephyr':
      return {
        program: 'Xephyr',
        packageName: 'xserver-xephyr',
        args: [
          ...common,
          ...(fullscreen ? ['-fullscreen'] : ['-resizeable', '-screen', size]),
          ...['-title', 'SoulPad', '-no-host-grab', '-br'],
        ],
      };
    case 'xwayland':
      return {
        program: 'Xwayland',
        packageName: 'xwayland',
        args: [...common, ...(fullscreen ? ['-fullscreen'] : ['-geometry', size]), '-br'],
      };
    case 'xorg-dummy':
      return {
        program: 'Xorg',
        packageName: 'xserver-xorg-core and xserver-xorg-video-dummy',
        args: [
          ...common,
          ...['-config', dummyConfigFile(folder), '-logfile', join(folder, 'xorg.log')],
          ...['-novtswitch', '-sharevts', '-br'],
        ],
      };
  }
}

/** For mode changes in tests: Xorg without a screen or a keyboard. As root only (Xorg's own rule). xorg.conf(5). */
export function dummyConfig(order: { readonly width: number; readonly height: number }): string {
  const { width, height } = order;
  const modes = [...'3840x2160 1920x1080 1080x1920 1600x1200 1280x800 1024x768 800x600'.split(' ')].filter(
    (mode) => mode !== `${width}x${height}`,
  );
  const line = (mode: string): string => {
    const [w = 0, h = 0] = mode.split('x').map(Number);
    const [wide, high] = [w + 200, h + 40];
    // The driver takes no clock over 300 MHz.
    const hertz = wide * high * 60 > 290e6 ? 30 : 60;
    const mhz = ((wide * high * hertz) / 1e6).toFixed(2);
    return `  Modeline "${mode}" ${mhz} ${w} ${w + 40} ${w + 120} ${wide} ${h} ${h + 3} ${h + 9} ${high}`;
  };
  const all = [`${width}x${height}`, ...modes];
  return `Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "dummy"
  Driver "dummy"
  VideoRam 256000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-200.0
${all.map(line).join('\n')}
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes ${all.map((mode) => `"${mode}"`).join(' ')}
  EndSubSection
EndSection
`;
}
