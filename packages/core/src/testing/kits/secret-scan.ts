/** The first of `secrets` that a person or a log could see of this error, in whatever corner of it. */
export function leaked(error: unknown, secrets: readonly string[]): string | undefined {
  const texts: string[] = []
  collect(error, texts, new Set())
  // Frames of a stack name source files and positions, which could look like a name or a PIN and hold neither.
  const shown = texts
    .join('\n')
    .replaceAll(/^ +at .*$/gm, '')
    .replaceAll('AdapterError', '')
  return secrets.find((secret) => secret !== '' && shown.includes(secret))
}

function collect(value: unknown, texts: string[], seen: Set<object>): void {
  if (typeof value === 'string' || typeof value === 'number') texts.push(String(value))
  if (typeof value !== 'object' || value === null || seen.has(value)) return
  seen.add(value)
  if (value instanceof URL || value instanceof URLSearchParams) texts.push(String(value))
  if (value instanceof Headers) texts.push(...value.values())
  if (value instanceof Request) texts.push(value.url, ...value.headers.values())
  // Own properties of errors (message, stack, cause) are not enumerable; getters of class instances are not own.
  for (const name of Object.getOwnPropertyNames(value)) {
    texts.push(name)
    collect(Reflect.get(value, name), texts, seen)
  }
}
