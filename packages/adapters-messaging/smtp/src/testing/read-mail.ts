/** A mail as a mail program shows it. */
export interface ReadMail {
  /** By name in small letters, unfolded, with encoded words decoded. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
}

/** Reads a mail of two parts, or of one. */
export function readMail(raw: string): ReadMail {
  const { headers, body } = split(raw)
  const [, boundary] = /boundary="?([^";]+)"?/i.exec(headers.get('content-type') ?? '') ?? []
  const parts = boundary === undefined ? [raw] : body.split(new RegExp(`^--${escaped(boundary)}(?:--)?\\s*$`, 'm'))
  const found = parts.map((part) => split(part.replace(/^\r?\n/, '')))
  const shown = (type: string) => {
    const part = found.find((each) => each.headers.get('content-type')?.startsWith(type))
    return part === undefined ? '' : decoded(part.body, part.headers.get('content-transfer-encoding'))
  }
  return { headers, text: shown('text/plain'), html: shown('text/html') }
}

function split(raw: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const [, head = '', body = ''] = /^(.*?)\r?\n\r?\n(.*)$/s.exec(raw) ?? []
  const lines = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim().toLowerCase(), words(line.slice(colon + 1).trim())]
  })
  // The line break before a boundary belongs to the boundary.
  return { headers: new Map(headers), body: body.replace(/\r?\n$/, '') }
}

function decoded(body: string, encoding = '7bit'): string {
  const plain = body.replaceAll('\r\n', '\n')
  if (encoding === 'base64') return Buffer.from(plain, 'base64').toString('utf8').replaceAll('\r\n', '\n')
  if (encoding === 'quoted-printable') return quotedPrintable(plain.replaceAll('=\n', ''))
  return plain
}

function quotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** `=?UTF-8?Q?Votre_arriv=C3=A9e?=` */
function words(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : quotedPrintable(word.replaceAll('_', ' ')),
    )
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
