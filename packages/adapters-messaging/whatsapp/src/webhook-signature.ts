import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const signatureHeader = 'x-hub-signature-256'

/**
 * Whether Meta signed these bytes with one of the secrets. The signature is over the text with everything but ASCII escaped;
 * where something on the way has written such characters out, they are escaped again, and nothing else is tried
 * (docs/vendors/whatsapp.md, signature).
 */
export function isSigned(secrets: readonly string[], header: string, rawBody: Uint8Array): boolean {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(header.trim())?.[1]?.toLowerCase() ?? ''
  const bodies = rawBody.some((byte) => byte > 0x7f) ? [rawBody, escaped(rawBody)] : [rawBody]
  // Every way is compared, whatever matched before, so that time says nothing.
  const matches = secrets.flatMap((secret) =>
    bodies.map((body) => sameText(createHmac('sha256', secret).update(body).digest('hex'), given)),
  )
  return matches.includes(true)
}

/** In constant time, also for texts of different lengths. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

function escaped(rawBody: Uint8Array): Uint8Array {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(rawBody)
  return new TextEncoder().encode(escapeUnicode(text))
}

/** Every UTF-16 unit above 0x7f as `\uXXXX`, lower case. */
export function escapeUnicode(text: string): string {
  return text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
