const markup = /<\/?(?:p|br|div|span|a|b|i|u|strong|em|ul|ol|li|html|body|table|tbody|tr|td|h[1-6]|font|img)\b[^>]*>/i
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/**
 * Takes the markup off a message body. Smoobu wraps what the host sends in HTML and leaves a guest's text plain: a body
 * without a tag of HTML is left as it is, so that "2 < 3 &amp; more" of a guest survives.
 */
export function plainText(body: string): string {
  if (!markup.test(body)) return body.trim()
  return body
    .replaceAll(/<(style|script)\b[^>]*>[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/\r?\n/g, ' ')
    .replaceAll(/<br\b[^>]*>|<\/(?:p|div|li|tr|h[1-6])>/gi, '\n')
    .replaceAll(/<\/?[a-z][^>]*>/gi, '')
    .replaceAll(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,6});/gi, (all, name: string) => entity(name) ?? all)
    .replaceAll(/[ \t\u00a0]*\n[ \t\u00a0]*/g, '\n')
    .trim()
}

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return entities[name.toLowerCase()]
  const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : undefined
}
