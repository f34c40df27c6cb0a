// Los avisos de fallo en español, hechos por máquina. The same rules as en-faults.ts; machine-made, and said so in Help.
import type { FaultWords } from './faults';

export const esFaults: FaultWords = {
  usage: {
    title: 'No se entendió lo que se pidió.',
    happened: 'SoulPad no conoce esa orden o esa opción.',
    advice: 'Los detalles dicen qué palabra es.',
  },
  pathTooLong: {
    title: 'El nombre de una carpeta es demasiado largo.',
    happened:
      'SoulPad guarda sus archivos de trabajo en una carpeta cuya ruta es más larga de lo que este PC puede usar.',
    advice: 'Los detalles nombran la carpeta. Un ayudante puede elegir otra más corta.',
  },
  secretTooShort: {
    title: 'Esa frase de paso es demasiado corta.',
    happened: 'Una frase de paso necesita al menos 20 caracteres.',
    advice: 'Añade palabras. Cuatro o cinco se recuerdan bien.',
  },
  secretUnfit: {
    title: 'Esa frase tiene un carácter que no se puede guardar.',
    happened:
      'Algunos caracteres no se pueden escribir en todas partes, o cada programa los guarda de otra manera.',
    advice: 'Usa letras, cifras, signos y espacios.',
  },
  damagedKeyslots: {
    title: 'La cerradura de la bóveda está dañada.',
    happened: 'El archivo de la cerradura no pasó su revisión.',
    advice: 'Un ayudante puede reponer una copia de keyslots.json.',
  },
  damagedHeader: {
    title: 'La cerradura de la bóveda está dañada.',
    happened: 'La cabecera, donde están las cerraduras del disco cifrado, no pasó su revisión. No se cambió.',
    advice: 'Un ayudante puede reponer una copia de la cabecera, si se guardó alguna.',
  },
  ambiguousVault: {
    title: 'Dos bóvedas dicen ser la misma.',
    happened: 'Dos discos llevan el mismo número de bóveda. Uno es una copia, y no se abrió nada.',
    advice: 'Quita el disco que no quieres abrir e inténtalo otra vez.',
  },
  damagedGuest: {
    title: 'No se puede armar tu escritorio.',
    happened: 'El archivo que dice cómo es tu escritorio no pasó su revisión.',
    advice: 'Un ayudante puede reponer una copia de guest.json.',
  },
  unusableFile: {
    title: 'Con este archivo no se puede hacer un escritorio.',
    happened: 'Está dañado, no es lo que su nombre dice o necesita otro archivo a su lado.',
    advice: 'Elige otro archivo. Este queda como está.',
  },
  refusedDisk: {
    title: 'En este disco no se escribe.',
    happened: 'SoulPad solo graba en un disco extraíble que nadie está usando.',
    advice: 'Los detalles dicen qué lo impide. Nada ha cambiado en él.',
  },
  damagedCurrent: {
    title: 'No se sabe cuál es el último momento.',
    happened: 'El archivo que nombra el último momento no pasó su revisión.',
    advice: 'Un ayudante puede leer los detalles.',
  },
  damagedManifest: {
    title: 'El último momento no puede despertar.',
    happened: 'Su lista de partes no pasó la revisión.',
    advice: 'Un ayudante puede leer los detalles.',
  },
  damagedState: {
    title: 'El último momento no puede despertar.',
    happened: 'No pasó la revisión: una parte ha cambiado.',
    advice: 'Un ayudante puede leer los detalles.',
  },
  damagedKeyFile: {
    title: 'La llave de este USB está dañada.',
    happened: 'El archivo de la llave no tiene el tamaño o la forma que debe.',
    advice: 'Usa otra copia de la llave o tu frase de paso.',
  },
  missingVault: {
    title: 'Aquí no hay ninguna bóveda.',
    happened: 'Buscamos donde debería estar la bóveda y no la encontramos.',
    advice: 'Pon la memoria o elige otro lugar para las bóvedas.',
  },
  missingDisk: {
    title: 'El disco de la bóveda no está.',
    happened: 'Este equipo no ve el disco en el que está la bóveda.',
    advice: 'Conéctalo, o prueba en otro conector.',
  },
  missingKeyslot: {
    title: 'Esa cerradura no está.',
    happened: 'Quizá la quitaron mientras tanto.',
    advice: 'Mira la lista otra vez.',
  },
  missingGuest: {
    title: 'No hay ningún escritorio en la bóveda.',
    happened: 'La bóveda se abrió, pero no hay ningún escritorio dentro.',
    advice: 'Un ayudante puede añadir uno con: soulpad guest add.',
  },
  missingGeneration: {
    title: 'No hay ningún momento que despertar.',
    happened: 'El momento guardado que se pidió no está en la bóveda.',
    advice: 'Un ayudante puede ver lo que hay con: soulpad timeline list.',
  },
  missingFile: {
    title: 'Falta un archivo necesario.',
    happened: 'Buscamos un archivo y no lo encontramos.',
    advice: 'Los detalles dicen cuál es.',
  },
  missingKey: {
    title: 'No se encontró ninguna llave USB.',
    happened: 'Ningún disco de este PC tiene una llave para esta bóveda.',
    advice: 'Pon la llave USB y prueba otra vez, o escribe tu frase de paso.',
  },
  toolMissing: {
    title: 'A este PC le falta un programa.',
    happened: 'Un programa que SoulPad usa no está instalado.',
    advice: 'Un ayudante puede ver cuál con: soulpad doctor.',
  },
  toolTooOld: {
    title: 'Un programa de este PC es muy viejo.',
    happened: 'Un programa que SoulPad usa necesita una versión más nueva.',
    advice: 'Un ayudante puede ver cuál con: soulpad doctor.',
  },
  kernelLacks: {
    title: 'A este Linux le falta algo.',
    happened: 'El sistema de este PC no puede hacer lo que se le pidió.',
    advice: 'Un ayudante puede ver qué con: soulpad doctor.',
  },
  noMemory: {
    title: 'Falta memoria libre para abrir la cerradura.',
    happened: 'La cerradura se hizo en un equipo más grande y necesita más memoria de la que hay libre aquí.',
    advice: 'Cierra lo que esté en marcha o usa otro equipo.',
  },
  unfit: {
    title: 'Este PC no puede despertar tu escritorio.',
    happened: 'Le falta algo con lo que se guardó tu escritorio. No se cambió nada.',
    advice: 'Otro PC puede despertarlo. Los detalles dicen qué falta aquí.',
  },
  displayLacks: {
    title: 'Esta pantalla no basta.',
    happened: 'La pantalla de este PC no puede hacer lo que se le pidió.',
    advice: 'Prueba otra pantalla u otro PC.',
  },
  bug: {
    title: 'SoulPad se equivocó.',
    happened: 'Pasó algo que no esperábamos.',
    advice: 'Los detalles nos ayudan a arreglarlo.',
  },
  protocol: {
    title: 'Dos partes de SoulPad no se entienden.',
    happened: 'Una parte envió palabras que la otra no conoce.',
    advice: 'Cierra SoulPad y ábrelo otra vez.',
  },
  alreadyThere: {
    title: 'Ya hay algo ahí.',
    happened: 'No escribimos encima de lo que existe.',
    advice: 'Elige otro lugar u otro nombre.',
  },
  full: {
    title: 'No queda sitio para escribir.',
    happened: 'El disco que guarda tu bóveda está lleno.',
    advice: 'Haz sitio en ese disco y prueba otra vez.',
  },
  io: {
    title: 'No se pudo leer o escribir.',
    happened: 'Un disco, o una conexión entre programas, dio una respuesta inesperada.',
    advice: 'Si vuelve a pasar, prueba otro puerto USB.',
  },
  guestDied: {
    title: 'Tu escritorio se detuvo solo.',
    happened: 'La máquina en la que corría tu escritorio terminó.',
    advice: 'Lo que no se suspendió no está en el momento guardado.',
  },
  viewerDied: {
    title: 'Se cerró la ventana de tu escritorio.',
    happened: 'El programa que muestra tu escritorio terminó.',
    advice: 'Puedes abrirla otra vez.',
  },
  timeout: {
    title: 'No hubo respuesta a tiempo.',
    happened: 'Una parte de SoulPad tardó demasiado en responder.',
    advice: 'Puede ser un disco lento. Prueba otra vez.',
  },
  cancelled: {
    title: 'Se detuvo.',
    happened: 'Tú u otro programa pidió parar, y paramos.',
    advice: 'Empieza otra vez cuando quieras.',
  },
  busy: {
    title: 'Otro programa usa tu bóveda.',
    happened: 'Una bóveda la usa un solo programa a la vez.',
    advice: 'Cierra el otro programa. Los detalles dicen cuál es.',
  },
  secretForgotten: {
    title: 'Tu frase de paso se olvidó, por seguridad.',
    happened:
      'La preparación estuvo parada media hora, así que se borró lo que habías escrito. Aún no se había hecho nada.',
    advice: 'Elige otra vez tu frase de paso.',
  },
  wrongSecret: {
    title: 'Esa frase de paso no encaja.',
    happened: 'La bóveda no se abrió con ella.',
    advice: 'Mira Bloq Mayús y el teclado, y prueba otra vez.',
  },
  mistypedKey: {
    title: 'Una cifra de la clave de recuperación no encaja.',
    happened: 'Tiene el largo correcto, pero un grupo de cifras no puede ser así.',
    advice: 'Compárala con tu papel. Los detalles dicen qué grupo es.',
  },
  lastKeyslot: {
    title: 'Es la última entrada.',
    happened: 'Sin ella solo la clave de recuperación, o nada, abriría la bóveda. No se quitó.',
    advice: 'Añade antes otra frase o llave.',
  },
  otherSecretNeeded: {
    title: 'Muestra que otra entrada funciona.',
    happened:
      'Una cerradura solo se quita con el secreto de otra, para que nadie se quede fuera. No se quitó nada.',
    advice: 'Usa una frase o llave que abra otra cerradura.',
  },
  denied: {
    title: 'SoulPad no tuvo permiso para eso.',
    happened: 'Este PC negó el acceso que hacía falta.',
    advice: 'Un ayudante puede ver qué falta en los detalles.',
  },
  damagedBackup: {
    title: 'Esta copia de seguridad está dañada.',
    happened: 'Una parte de lo que hay en el repositorio no es lo que se guardó.',
    advice: 'Tu escritorio aquí está intacto. Haz una copia en otro lugar y pide ayuda para mirar esta.',
  },
  drillFailed: {
    title: 'La copia se probó y no despertó.',
    happened: 'Un momento guardado se restauró en un lugar de prueba, y lo que despertó no era lo guardado.',
    advice: 'Tu escritorio aquí está intacto. Haz otra copia, o en otro lugar, y prueba de nuevo.',
  },
  missingRepository: {
    title: 'No se llega a la copia de seguridad.',
    happened: 'Su disco no está conectado, o su servidor no responde.',
    advice: 'Conecta el disco o la red e inténtalo de nuevo.',
  },
  readOnlyRepository: {
    title: 'En esta copia no se puede escribir.',
    happened: 'Su disco o carpeta es de solo lectura, o es de otra persona.',
    advice: 'Busca un interruptor en el disco o pregunta a quien lleva el servidor.',
  },
  lockedRepository: {
    title: 'Alguien más trabaja en esta copia.',
    happened: 'Otro programa u otro PC la tiene bloqueada.',
    advice: 'Espera a que termine. Un bloqueo que nadie tiene se va solo en media hora.',
  },
  clockWrong: {
    title: 'El reloj de este PC no está bien.',
    happened: 'Las fechas de la copia y las de este PC no encajan.',
    advice: 'Pon el reloj en hora e inténtalo de nuevo. No se quitó nada.',
  },
  wrongBackupKey: {
    title: 'Esta clave no abre la copia.',
    happened: 'El repositorio tiene otra clave de recuperación, o se cambió su cerradura.',
    advice: 'Compara la hoja de recuperación, cifra por cifra.',
  },
  wrongHostKey: {
    title: 'El servidor no es el que conoces.',
    happened: 'Muestra una clave que nadie confirmó. Puede ser otro ordenador.',
    advice: 'Pide la huella a quien lleva el servidor y compárala. No se envió nada.',
  },
};
