import type { Socket } from 'node:net'
import { AdapterError, type Call, inTurn, type Line } from '@stayward/core/adapter'
import { createTransport, type SMTPPoolOptions, type SMTPPoolSentMessageInfo, type Transporter } from 'nodemailer'
import type { Letter } from './letter.ts'
import { asciiDomain, mailboxOf } from './mail-address.ts'
import { type Fault, faultIn, type Reply, replyIn } from './smtp-faults.ts'
import type { SmtpConfig } from './smtp-config.ts'

export interface Submission {
  /** Connects, encrypts and signs in, and sends nothing. */
  verify(call: Call): Promise<Fault | undefined>
  /** Hands one letter in, at most once. */
  submit(letter: Letter, to: readonly string[], call: Call): Promise<Submitted>
  close(): void
}

export type Submitted =
  | {
      readonly status: 'taken'
      /** Message-ID of what the recipients get: ours, or the one that the server gave it instead. */
      readonly messageId: string
      /** Recipients that the server refused while it took the letter for others. */
      readonly refused: readonly { readonly to: string; readonly reply: Reply }[]
    }
  | { readonly status: 'fault'; readonly fault: Fault }

/** Milliseconds. `answer` is also how long a server may think about a letter it has; RFC 5321 allows it ten minutes. */
export interface Patience {
  readonly greeting: number
  readonly answer: number
}

export const patience: Patience = { greeting: 10_000, answer: 90_000 }

/** The conversation that is going on. */
interface Talk {
  readonly signal: AbortSignal
  /** The whole letter has gone to the socket: from here on silence proves nothing. */
  committed: boolean
  /** Why no socket was had. */
  refusal?: unknown
}

/** A pool of one connection, so that what Nodemailer logs belongs to the letter that is under way. */
export function openSubmission(config: SmtpConfig, line: Line, wait = patience): Submission {
  const oneAtATime = inTurn()
  let talk: Talk | undefined
  const options: SMTPPoolOptions & { readonly pool: true } = {
    ...transportOf(config, wait),
    // The only sign of the commit point that Nodemailer gives. Nothing of what it says is kept.
    logger: listener((entry) => {
      if (entry.tnx === 'message' && talk) talk.committed = true
    }),
    transactionLog: true,
    getSocket: (_options, answer) => {
      dial(line, config, talk).then(
        (connection) => answer(null, { connection }),
        (error: unknown) => answer(error instanceof Error ? error : new Error('no socket', { cause: error }), false),
      )
    },
  }
  const transport = createTransport(options)

  const converse = (call: Call, say: (talk: Talk) => Promise<Submitted>): Promise<Submitted> =>
    oneAtATime(async () => {
      return await line.inTurn(call, async () => {
        const own: Talk = { signal: call.signal, committed: false }
        talk = own
        try {
          return await say(own)
        } catch (error) {
          call.signal.throwIfAborted()
          if (AdapterError.is(own.refusal) || own.refusal instanceof NotEncrypted) throw own.refusal
          return { status: 'fault', fault: faultIn(error, own.committed) }
        } finally {
          talk = undefined
        }
      })
    }, call.signal)

  return {
    async verify(call) {
      const done = await converse(call, async () => {
        // Given up, it ends by its own patience: a socket must not be torn away below its encryption.
        await untilAborted(transport.verify(), call.signal)
        return { status: 'taken', messageId: '', refused: [] }
      })
      return done.status === 'fault' ? done.fault : undefined
    },
    submit: (letter, to, call) => converse(call, ({ signal }) => handIn(transport, letter, to, signal)),
    close: () => transport.close(),
  }
}

/** Without encryption, on the open internet. Nothing was sent. */
export class NotEncrypted extends Error {
  override name = 'NotEncrypted'
}

async function dial(line: Line, { security }: SmtpConfig, talk: Talk | undefined): Promise<Socket> {
  if (!talk) throw new Error('nobody is talking')
  try {
    const { socket: dialled, isPrivate } = await line.dial(talk.signal)
    const socket = dialled as Socket // core promises one, and cannot name Node's types
    if (security === 'none' && !isPrivate) {
      socket.destroy()
      throw new NotEncrypted('this connection sends without encryption, and the server is on the open internet')
    }
    return socket
  } catch (error) {
    talk.refusal = error
    throw error
  }
}

async function handIn(
  transport: Transporter<SMTPPoolSentMessageInfo, SMTPPoolOptions>,
  { messageId, from, replyTo, subject, text, html, inReplyTo }: Letter,
  to: readonly string[],
  signal: AbortSignal,
): Promise<Submitted> {
  // A text here would be read as a list of addresses, also inside the envelope.
  const mailboxes = to.map((each) => mailboxOf(each))
  if (!mailboxes.every((each) => each !== undefined)) throw new TypeError('not a mailbox: check addresses before')
  const sent = await transport.sendMail({
    messageId,
    from,
    to: mailboxes.map((address) => ({ name: '', address })),
    ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
    subject,
    text,
    html,
    ...(inReplyTo === undefined ? {} : { inReplyTo, references: [inReplyTo] }),
    envelope: { from: from.address, to: mailboxes },
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    textEncoding: 'quoted-printable',
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    signal,
  })
  const { serverMessageId = messageId, rejectedErrors = [] } = sent
  const refused = rejectedErrors.map((error) => ({ to: error.recipient ?? '', reply: replyIn(error) }))
  return { status: 'taken', messageId: serverMessageId, refused }
}

function transportOf(config: SmtpConfig, wait: Patience) {
  const { host, port, security, certificateAuthority: ca, signIn, user, password, fromAddress } = config
  const { dkimDomain: domainName, dkimSelector: keySelector, dkimKey: privateKey } = config
  return {
    pool: true as const,
    maxConnections: 1,
    // The work queue repeats, nobody else.
    maxRequeues: 0,
    idleTimeout: 60_000,
    host: host.replace(/^\[|\]$/g, ''),
    port,
    name: asciiDomain(config.hubName ?? fromAddress.slice(fromAddress.lastIndexOf('@') + 1)) ?? '[127.0.0.1]',
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2' as const, ...(ca === undefined ? {} : { ca }) },
    // Without it Nodemailer sends without a sign-in where the server offers none, and says nothing.
    forceAuth: signIn === 'password',
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    ...(domainName === undefined || keySelector === undefined || privateKey === undefined
      ? {}
      : { dkim: { domainName, keySelector, privateKey } }),
    connectionTimeout: 2 * wait.greeting,
    greetingTimeout: wait.greeting,
    socketTimeout: wait.answer,
    maxResponseSize: 64_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function listener(hear: (entry: { readonly tnx?: unknown }) => void) {
  const log = (entry: unknown) => {
    if (typeof entry === 'object' && entry !== null) hear(entry)
  }
  return { level: () => undefined, trace: log, debug: log, info: log, warn: log, error: log, fatal: log }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason as Error) // an abort's reason is an Error wherever the hub aborts
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
