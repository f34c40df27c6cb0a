// What a PC sent over its network card, from the file that QEMU's filter-dump writes: each frame is given the name of
// what it is, so that a test can list what there may be. Spec: pcap-savefile(5), RFC 791, 8200, 4861, 2131. Tests only.
import { readFileSync } from 'node:fs';

const headBytes = 24;
const recordBytes = 16;

/** Names of the frames that came from `mac` (hex, no colons), with how often. */
export function framesFrom(file: string, mac: string): Record<string, number> {
  const all = readFileSync(file);
  const seen: Record<string, number> = {};
  for (let at = headBytes; at + recordBytes <= all.length; ) {
    const length = all.readUInt32LE(at + 8);
    const frame = all.subarray(at + recordBytes, at + recordBytes + length);
    at += recordBytes + length;
    if (frame.length < 14 || frame.toString('hex', 6, 12) !== mac) continue;
    const name = nameOf(frame);
    seen[name] = (seen[name] ?? 0) + 1;
  }
  return seen;
}

function nameOf(frame: Buffer): string {
  const type = frame.readUInt16BE(12);
  const rest = frame.subarray(14);
  if (type === 0x0806) return 'ARP';
  if (type === 0x0800) return transport(rest[9] ?? 0, rest.subarray(((rest[0] ?? 0) & 15) * 4), 4);
  if (type !== 0x86dd) return `ethernet ${type.toString(16)}`;
  // Multicast listener reports come behind a hop-by-hop header.
  const hop = rest[6] === 0;
  return transport(hop ? (rest[40] ?? 0) : (rest[6] ?? 0), rest.subarray(hop ? 48 : 40), 6);
}

const ndNames: Readonly<Record<number, string>> = {
  133: 'IPv6 router solicitation',
  135: 'IPv6 neighbour solicitation',
  136: 'IPv6 neighbour advertisement',
  143: 'IPv6 multicast report',
};

function transport(protocol: number, part: Buffer, version: 4 | 6): string {
  if (protocol === 58) return ndNames[part[0] ?? 0] ?? `ICMPv6 ${part[0]}`;
  if (protocol === 2) return 'IGMP report';
  if (protocol === 1) return `ICMP ${part[0]}`;
  if (part.length < 4) return `IPv${version} ${protocol}`;
  const to = part.readUInt16BE(2);
  if (protocol === 17) return to === 67 ? 'DHCP' : to === 547 ? 'DHCPv6' : `UDP to ${to}`;
  return protocol === 6 ? `TCP to ${to}` : `IPv${version} ${protocol}`;
}
