/** So many answers are kept at most; then all are forgotten, and the next ones are reckoned anew. */
const most = 4096
/** No zone and no date is longer. What is may be anything that a vendor sends, and is not kept. */
const longest = 64

/**
 * The same pure function, which remembers what it answered: zones and days of the calendar are few, and reckoning them
 * costs more than everything else that a plan does. What throws is asked again.
 */
export function remembered<Texts extends readonly string[], Answer>(
  reckon: (...texts: Texts) => Answer,
): (...texts: Texts) => Answer {
  const answers = new Map<string, Answer>()
  return (...texts) => {
    const key = texts.length === 1 ? (texts[0] ?? '') : texts.join('\0')
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = reckon(...texts)
    if (answers.size >= most) answers.clear()
    if (key.length <= longest) answers.set(key, answer)
    return answer
  }
}
