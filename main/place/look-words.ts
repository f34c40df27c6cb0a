// How to look at a virtual screen, in words for the terminal. Nothing is opened to a network: from afar the socket is
// reached through ssh, which asks who one is.

export function lookWords(socket: string): string[] {
  return [
    'there is no display here, so the screen is a virtual one. To look at it:',
    `  on this machine   vncviewer ${socket}`,
    `  from another one  ssh -N -L 5901:${socket} THIS-MACHINE   and there: vncviewer localhost:5901`,
  ];
}
