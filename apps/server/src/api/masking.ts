import type { CodeLine, MessageLine, ReplyLine } from '../persistence/reads/read-model.ts'

/** Always the same length: how long a PIN is, is nobody's business either. */
const masked = '••••'

export function maskCode({ pin, doors, ...code }: CodeLine, seePins: boolean) {
  return { ...code, doors: [...doors], pin: seePins && pin !== undefined ? pin : masked }
}

/** A message holds the PINs of every door, so it is hidden as a whole. */
export function maskMessage({ text, ...message }: MessageLine, seePins: boolean) {
  const shown = seePins ? text : masked
  return { ...message, ...(shown === undefined ? {} : { text: shown }) }
}

/** Guests quote what they were sent. */
export function maskReply({ text, ...reply }: ReplyLine, seePins: boolean) {
  return { ...reply, text: seePins && text !== undefined ? text : masked }
}

/** Bytes as text where they are text. */
export function bodyOf(bytes: Uint8Array): { readonly body: string; readonly bodyEncoding: 'utf-8' | 'base64' } {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), bodyEncoding: 'utf-8' }
  } catch {
    return { body: Buffer.from(bytes).toString('base64'), bodyEncoding: 'base64' } // not UTF-8, and that is all the error says
  }
}
