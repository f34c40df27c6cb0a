// Lo que la última pantalla dice del PC, en español (es.ts has its place).
import type { enTrace } from './en-trace';

export const esTrace: typeof enTrace = {
  disks: 'Los discos de este PC no se han tocado',
  noneSeen: 'Este sistema no tiene controlador para ellos',
  seen: 'Todos son de solo lectura y nada se ha escrito',
  written: 'Se ha escrito algo en otro disco',
  writtenBody: '{{size}} fueron a un disco que no es tu memoria USB',
  memory: 'La memoria RAM de este PC se borra al apagarse',
  memoryBody: 'Nada de tu escritorio queda en ella',
  memoryKept: 'La memoria RAM de este PC no se borra',
  memoryKeptBody: 'Déjalo apagado cinco minutos',
  network: 'Nadie pudo llegar a este PC por la red',
  networkBody: 'Ningún programa esperaba llamadas',
  listening: 'Se puede llegar a este PC por la red',
  listeningBody: 'Un programa de aquí espera llamadas',
};
