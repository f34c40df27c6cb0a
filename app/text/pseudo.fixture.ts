// The pseudo-locale: every English sentence with accents on its letters, lengthened by some 40 % and put in brackets, so that
// a picture shows at once what is not translated (plain letters), what is cut (a bracket is missing) and what does not
// bend (words that run out of their box). For tests and pictures; nobody can choose it.

const accents: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...'aàbƀcçdđeéfƒgĝhĥiîjĵkķlļmɱnñoôpþqǫrŕsštťuûvṽwŵxẋyýzžAÀBƁCÇDĐEÉFƑGĜHĤIÎJĴKĶLĻMḾNÑOÔPÞQǪRŔSŠTŤUÛVṼWŴXẊYÝZŽ',
  ].flatMap((letter, index, all) => (index % 2 === 0 ? [[letter, all[index + 1] ?? letter]] : [])),
);

/** Values in {{ }} stay as they are. */
export function pseudo(sentence: string): string {
  if (sentence === '') return '';
  const accented = sentence
    .split(/(\{\{\w+\}\})/)
    .map((part) => (part.startsWith('{{') ? part : [...part].map((each) => accents[each] ?? each).join('')))
    .join('');
  const more = Math.ceil(sentence.replace(/\{\{\w+\}\}/g, '').length * 0.4);
  // In words of the usual length: a language that is longer has longer and more words.
  const filling = 'öñé ţŵô ţĥŕéé ƒôûŕ ƒîṽé šîẋ šéṽéñ éîĝĥţ ñîñé ţéñ '
    .repeat(Math.ceil(more / 40))
    .slice(0, Math.max(more - 2, 0));
  return `[${accented}${filling === '' ? '' : ` ${filling.trimEnd()}`}]`;
}

/** The same tree of sentences. */
export function pseudoOf<T>(sentences: T): T {
  const walk = (value: unknown): unknown =>
    typeof value === 'string'
      ? pseudo(value)
      : Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, walk(inner)]));
  return walk(sentences) as T;
}
