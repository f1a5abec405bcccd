import type { Socket } from 'node:net'
import type { FakeOptions, NotifierVendor } from '@stayward/core/testing'
import { SMTPServer } from 'smtp-server'
import { memoryEnd } from './memory-socket.ts'
import { type ReadMail, readMail } from './read-mail.ts'
import { type Answer, freshState, type SmtpState } from './smtp-state.ts'

export interface SmtpVendor extends NotifierVendor {
  readonly state: SmtpState
  /** A conversation over a socket that somebody has connected, in the clear: a listener of the demo or of a test. */
  accept(socket: Socket): void
  /** The next time the server is asked this, it answers so. */
  answerNext(answer: Answer): void
  /** The mails this address got, oldest first, as a mail program shows them. */
  mailsTo(to: string): readonly ReadMail[]
}

/**
 * A mail server with a memory: the protocol is that of `smtp-server`, which Nodemailer's author wrote and which speaks as
 * real ones do. `respond` carries one exchange of a conversation (docs/vendors/smtp.md, "The fake").
 */
export function smtpVendor({ state = freshState(), now = Date.now }: FakeOptions<SmtpState> = {}): SmtpVendor {
  const server = serverOf(state, now)
  const sessions = new Map<string, Session>()
  const accept = (socket: Socket) => {
    const before = new Set(server.connections)
    server.connect(socket, {})
    // It waits a tenth of a second for clients that talk before they are greeted. Ours do not.
    for (const connection of server.connections)
      if (!before.has(connection)) {
        connection.connectionReady()
        connection.connectionReady = () => undefined
      }
  }
  const mailsTo = (to: string) => state.mails.filter((mail) => mail.to === to).map(({ raw }) => readMail(raw))

  return {
    state,
    goodAddress: 'ana@guest.test',
    badAddresses: [
      { to: 'nobody@guest.test', reason: 'bad-address' },
      { to: 'full@guest.test', reason: 'bad-address' },
      { to: 'ana', reason: 'bad-address' },
      { to: 'ana@guest.test, eve@guest.test', reason: 'bad-address' },
      { to: 'ana@guest.test\r\nRCPT TO:<eve@guest.test>', reason: 'bad-address' },
    ],
    accept,
    answerNext: (answer) => void state.answers.push(answer),
    mailsTo,
    received: (to) => mailsTo(to).map(({ text }) => text),
    // Nobody tells a sender: mail has no such reports, which is what the capabilities say.
    setDelivery: (to, delivery) => void (state.deliveries[to] = delivery),
    // An answer goes to the host's own mailbox.
    reply: (from, text) => void state.inbox.push({ from, text, at: now() }),
    dueWebhooks: () => [],
    async respond(request) {
      const [, id = ''] = /\/conversations\/([\w-]+)$/.exec(new URL(request.url).pathname) ?? []
      const said = new Uint8Array(await request.arrayBuffer())
      if (id === '') return new Response('there is only mail here', { status: 404 })
      let session = sessions.get(id)
      if (!session) {
        session = openSession(accept)
        sessions.set(id, session)
        const [[oldest, other] = []] = sessions
        if (sessions.size > mostSessions && oldest !== undefined) {
          other?.end()
          sessions.delete(oldest)
        }
      }
      return new Response(await session.exchange(said), { headers: { 'content-type': smtpReply } })
    },
  }
}

/** What marks an answer as the server's own. */
export const smtpReply = 'application/smtp-reply'

/** Nobody tells this side that a client has gone, so the oldest are dropped. */
const mostSessions = 20

interface Session {
  /** Says this, if anything, and resolves to the reply. */
  exchange(said: Uint8Array): Promise<string>
  end(): void
}

function openSession(accept: (socket: Socket) => void): Session {
  let heard = ''
  let answer: ((reply: string) => void) | undefined
  const settle = (ended: boolean) => {
    if (!answer || !(ended || /^\d{3} [^\n]*\r\n$/m.test(heard.slice(heard.lastIndexOf('\n', heard.length - 2) + 1))))
      return
    answer(heard)
    answer = undefined
    heard = ''
  }
  const end = memoryEnd((bytes) => {
    heard += bytes.toString('latin1')
    settle(false)
  })
  end.socket.once('close', () => settle(true))
  accept(end.socket)
  return {
    exchange: (said) =>
      new Promise((reply) => {
        answer = reply
        if (said.length > 0) end.hear(said)
        settle(end.socket.destroyed)
      }),
    end: () => end.hear(null),
  }
}

function serverOf(state: SmtpState, now: () => number): SMTPServer {
  /** The refusal that is due at this moment, or none. */
  const refusal = (at: Answer['at'], to?: string): Error | null => {
    const index = state.answers.findIndex((each) => each.at === at && (each.to === undefined || each.to === to))
    const [answer] = index < 0 ? [] : state.answers.splice(index, 1)
    return answer ? smtpError(answer.code, answer.text) : null
  }
  const server = new SMTPServer({
    name: 'mail.example.test',
    banner: 'ready',
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: state.account === undefined,
    // The fake stands inside the reader's machine; what encryption does is tested against a server with a certificate.
    disabledCommands: state.account === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    allowInsecureAuth: true,
    // One command, one reply: an exchange of a conversation is one request.
    hidePIPELINING: true,
    disableReverseLookup: true,
    size: state.maxSize,
    logger: false,
    onConnect: (_session, done) => done(refusal('connect')),
    onAuth: ({ username, password }, _session, done) => {
      const { account } = state
      const refused = refusal('sign-in')
      if (refused) done(refused)
      else if (account && username === account.user && password === account.password) done(null, { user: account.user })
      else done(smtpError(535, '5.7.8 Authentication credentials invalid'))
    },
    onMailFrom: ({ address }, _session, done) =>
      done(refusal('sender') ?? (state.senders.includes(address) ? null : smtpError(553, '5.7.1 Sender not allowed'))),
    onRcptTo: ({ address }, _session, done) => {
      const full = state.full.includes(address) ? smtpError(552, '5.2.2 Mailbox full') : null
      const unknown = state.unknown.includes(address) ? smtpError(550, '5.1.1 No such user here') : null
      done(refusal('recipient', address) ?? full ?? unknown)
    },
    onData: (stream, { envelope, user }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const refused = refusal('letter') ?? (stream.sizeExceeded ? smtpError(552, '5.3.4 Message too big') : null)
        if (refused) return done(refused)
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        const raw = Buffer.concat(chunks).toString('utf8')
        for (const { address: to } of envelope.rcptTo)
          state.mails.push({ from, to, raw, at: now(), ...(typeof user === 'string' ? { user } : {}) })
        done(null, `2.0.0 Ok: queued as ${(state.lastId += 1).toString(16).toUpperCase()}`)
      })
    },
  })
  // A client that hangs up in the middle of a word is no event here.
  server.on('error', () => undefined)
  return server
}

function smtpError(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}
