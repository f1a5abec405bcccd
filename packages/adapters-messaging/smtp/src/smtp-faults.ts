/** What a server said no with. */
export interface Reply {
  /** 400–599. */
  readonly code: number
  /** `5.1.1`, where the server gives such codes. */
  readonly enhanced?: string
}

/** The part of the conversation in which something went wrong. */
export type Stage = 'connect' | 'encrypt' | 'sign-in' | 'sender' | 'recipient' | 'letter'

/** What went wrong in a conversation, without a word that either side said: those name people. */
export interface Fault {
  readonly stage: Stage
  /** The server's refusal. Absent: it said nothing, or nothing that is SMTP. */
  readonly reply?: Reply
  /** It said something, and that was not SMTP. */
  readonly garbled: boolean
  /** Nothing came in time. */
  readonly waited?: 'greeting' | 'answer'
  /** Of the system or of TLS: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly system?: string
  /** The letter is longer than the server has announced to take; it was not sent. */
  readonly tooLarge: boolean
  /** The whole letter had left before: without a reply nobody knows what became of it. */
  readonly committed: boolean
}

/** What Nodemailer's errors carry; none of it is certain to be there. */
interface NodemailerFault {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly responseCode?: unknown
  readonly response?: unknown
  readonly command?: unknown
  readonly timeoutType?: unknown
}

export function faultIn(error: unknown, committed: boolean): Fault {
  const { code, originalCode, response, command, timeoutType } = asFault(error)
  const reply = replyIn(error)
  const isRefusal = reply.code >= 400 && reply.code < 600
  const saidSomething = typeof response === 'string' && response !== ''
  const tooMuch = code === 'EPROTOCOL' && error instanceof Error && error.message.includes('maximum allowed size')
  return {
    stage: stageOf(code, command),
    ...(isRefusal ? { reply } : {}),
    garbled: !isRefusal && (saidSomething || tooMuch || (code === 'EPROTOCOL' && !committed)),
    ...(timeoutType === 'GREETING_TIMEOUT' ? { waited: 'greeting' as const } : {}),
    ...(timeoutType === 'SOCKET_TIMEOUT' ? { waited: 'answer' as const } : {}),
    ...(typeof originalCode === 'string' ? { system: originalCode } : systemCode(error)),
    tooLarge: code === 'EMESSAGE' && !isRefusal && command === 'MAIL FROM',
    committed,
  }
}

/** The code of a refusal and what it means more closely (RFC 3463), which stands right behind it. */
export function replyIn(error: unknown): Reply {
  const { responseCode, response } = asFault(error)
  const code = typeof responseCode === 'number' ? responseCode : 0
  const [, enhanced] = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(typeof response === 'string' ? response : '') ?? []
  // A class that contradicts the code says nothing.
  return { code, ...(enhanced !== undefined && enhanced[0] === String(code)[0] ? { enhanced } : {}) }
}

function stageOf(code: unknown, command: unknown): Stage {
  if (code === 'ETLS') return 'encrypt'
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'sign-in'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  return code === 'EMESSAGE' || command === 'DATA' ? 'letter' : 'connect'
}

/** A socket of ours that was refused keeps the system's own code. */
function systemCode(error: unknown): { readonly system?: string } {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string' && !nodemailers.has(at.code)) return { system: at.code }
  return {}
}

const nodemailers = new Set(
  `ECONNECTION ESOCKET ETIMEDOUT EPROTOCOL ETLS EAUTH ENOAUTH EENVELOPE EMESSAGE EDNS ECONFIG ESTREAM EABORT
   EMAXLIMIT EMAXRECIPIENTS EREQUIRETLS`.split(/\s+/),
)

function asFault(error: unknown): NodemailerFault {
  return typeof error === 'object' && error !== null ? error : {}
}
