// The accessibility tree as any reader on the bus gets it: every node's role, name, description, text and value, asked over
// AT-SPI by Debian's own python3-pyatspi (Orca's library), not by us.
import { execFileSync } from 'node:child_process';

const ask = `
import sys
import pyatspi
def text_of(node):
    try:
        text = node.queryText()
        return text.getText(0, -1)
    except Exception:
        return ''
def walk(node, depth):
    if depth > 60:
        return
    try:
        parts = [node.getRoleName(), node.name, node.description, text_of(node)]
        print('\\t'.join(part.replace('\\n', ' ').replace('\\t', ' ') for part in parts))
        for child in node:
            if child is not None:
                walk(child, depth + 1)
    except Exception as error:
        print('gone\\t' + type(error).__name__ + '\\t\\t')
desktop = pyatspi.Registry.getDesktop(0)
for application in desktop:
    if application is not None:
        walk(application, 0)
`;

export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
  readonly description: string;
  readonly text: string;
}

/** All applications on that bus. */
export function readAccessibleTree(env: Readonly<Record<string, string>>): readonly AccessibleNode[] {
  const said = execFileSync('python3', ['-c', ask], {
    env: { ...env },
    timeout: 60_000,
    maxBuffer: 16 << 20,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [role = '', name = '', description = '', text = ''] = line.split('\t');
      return { role, name, description, text };
    });
}
