import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { certificateFor } from './certificate.ts'
import { guest } from './open.ts'
import { certificate, dialTo, oddServer, openAt, realServer, refusal } from './real-server.ts'

const message = {
  key: 'msg_01J8ZK3Q',
  to: guest,
  subject: 'Votre arrivée demain',
  text: 'Bonjour Ana,\n\nCode : 0472 🔑',
}

describe('a mail server of this machine', () => {
  it('gets a mail over STARTTLS after a sign-in, as text and HTML, with everything a mail needs', async () => {
    const server = await realServer()
    const provider = openAt(server.port, { replyTo: 'desk@quai.example.test' })
    expect(await provider.send({ ...message, replyTo: '<before@quai.example.test>' }, calm)).toEqual({
      status: 'accepted',
      vendorRef: '<msg_01J8ZK3Q@quai.example.test>',
    })
    expect(server.envelopes).toEqual([{ from: 'stay@quai.example.test', to: [guest], secure: true }])
    expect(server.users).toEqual(['stay@quai.example.test'])
    const [mail] = server.mails
    expect(Object.fromEntries(mail?.headers ?? [])).toMatchObject({
      from: 'Quai House <stay@quai.example.test>',
      to: guest,
      'reply-to': 'desk@quai.example.test',
      subject: 'Votre arrivée demain',
      'message-id': '<msg_01J8ZK3Q@quai.example.test>',
      'in-reply-to': '<before@quai.example.test>',
      references: '<before@quai.example.test>',
      'auto-submitted': 'auto-generated',
      date: expect.stringMatching(/\d{4}/),
    })
    expect(mail?.headers.has('x-mailer')).toBe(false)
    expect(mail?.text).toBe(message.text)
    expect(mail?.html).toContain('<p>Bonjour Ana,</p>\n<p>Code : 0472 🔑</p>')
  })

  it('gets it over TLS from the first byte as well', async () => {
    const server = await realServer({ secure: true })
    const provider = openAt(server.port, { port: 465, security: 'tls' })
    expect(await provider.send(message, calm)).toMatchObject({ status: 'accepted' })
    expect(server.envelopes).toMatchObject([{ secure: true }])
  })

  it('is asked over one connection for many mails, one after the other', async () => {
    const server = await realServer()
    const provider = openAt(server.port)
    const keys = Array.from({ length: 8 }, (_, index) => `msg_${index}`)
    const receipts = await Promise.all(keys.map((key) => provider.send({ ...message, key }, calm)))
    expect(receipts.map(({ status }) => status)).toEqual(keys.map(() => 'accepted'))
    expect(server.mails.map(({ headers }) => headers.get('message-id'))).toEqual(
      keys.map((key) => `<${key}@quai.example.test>`),
    )
    expect(server.connections()).toBe(1)
  })

  it('is tested without a mail, and says whose account it is', async () => {
    const server = await realServer()
    const account = await openAt(server.port).readAccount(calm)
    expect(account).toEqual({
      id: expect.stringMatching(/^mail\.example\.test:587\/[0-9a-f]{16}$/),
      name: 'stay@quai.example.test',
      note: 'mail.example.test answers, encrypted, signed in',
    })
    expect(JSON.stringify(account.id)).not.toContain('stay')
    expect(server.mails).toEqual([])
  })

  it('can be used without a sign-in where the host chose so', async () => {
    const server = await realServer({ authOptional: true, disabledCommands: ['AUTH'] })
    const provider = openAt(server.port, { signIn: 'none', user: undefined, password: undefined })
    expect(await provider.send(message, calm)).toMatchObject({ status: 'accepted' })
    expect(await provider.readAccount(calm)).toMatchObject({ note: expect.stringContaining('without a sign-in') })
  })
})

describe('what must not leave', () => {
  it('trap 1: a password configured and no sign-in offered sends nothing', async () => {
    const server = await realServer({ authOptional: true, disabledCommands: ['AUTH'] })
    const provider = openAt(server.port)
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'auth' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ code: 'auth' })
    expect(server.mails).toEqual([])
  })

  it('nothing goes where STARTTLS is not offered, and no password either', async () => {
    const server = await realServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const provider = openAt(server.port)
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'refused' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ remedy: expect.stringContaining('587') })
    expect(server.users).toEqual([])
  })

  it('without encryption it goes only into a private network that was opened', async () => {
    const server = await realServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const plain = { security: 'none', certificateAuthority: undefined }
    const abroad = openAt(server.port, plain, dialTo(server.port, false))
    await expect(abroad.send(message, calm)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Nothing was sent'),
    })
    await expect(abroad.readAccount(calm)).rejects.toMatchObject({ code: 'refused' })
    expect(server.users).toEqual([])
    expect(await openAt(server.port, plain).send(message, calm)).toMatchObject({ status: 'accepted' })
  })

  it.each([
    ['nobody vouches for it (trap 14)', certificate, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['it is of another name', certificateFor('other.example.test'), 'own', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['it has expired', certificateFor('mail.example.test', '210101000000Z'), 'own', 'CERT_HAS_EXPIRED'],
  ])('trap 3: a certificate is not believed when %s, over STARTTLS and TLS', async (_, shown, known, code) => {
    for (const secure of [false, true]) {
      const server = await realServer({ ...shown, secure })
      const provider = openAt(server.port, {
        ...(secure ? { port: 465, security: 'tls' } : {}),
        certificateAuthority: known === undefined ? undefined : shown.cert,
      })
      await expect(provider.send(message, calm)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining(code),
        remedy: expect.stringContaining('certificateAuthority'),
      })
      expect(server.users).toEqual([])
    }
  })

  it('trap 7: TLS at a STARTTLS port says which setting is wrong', async () => {
    const server = await realServer()
    const provider = openAt(server.port, { security: 'tls' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({
      code: 'refused',
      remedy: expect.stringContaining('starttls'),
    })
  })
})

describe('the dot', () => {
  it('trap 4: broken off after the dot nobody knows, and the mail may be there', async () => {
    const server = await realServer({}, { onKept: (real) => real.breakOff() })
    const provider = openAt(server.port)
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'outcome-unknown' })
    // Not by Nodemailer either: its pool sends nothing a second time.
    expect(server.mails).toHaveLength(1)
    expect(server.connections()).toBe(1)
  })

  it.each(['sender', 'recipient'] as const)('broken off at the %s nothing was sent', async (at) => {
    const breakOff = () => server.breakOff()
    const server = await realServer(at === 'sender' ? { onMailFrom: breakOff } : { onRcptTo: breakOff })
    await expect(openAt(server.port).send(message, calm)).rejects.toMatchObject({ code: 'unreachable' })
    expect(server.mails).toEqual([])
  })

  it('broken off in the middle of the mail nothing was sent', async () => {
    const server = await realServer({
      onData: (stream) => {
        stream.once('data', () => server.breakOff())
      },
    })
    // More than sockets take at once, so that the end of it cannot have left.
    const long = { ...message, text: 'Walk through the yard to the second door.\n'.repeat(400_000) }
    await expect(openAt(server.port).send(long, calm)).rejects.toMatchObject({ code: 'unreachable' })
    expect(server.mails).toEqual([])
  })

  it('answered with a refusal after the dot, it is a refusal', async () => {
    const answers = [refusal(421, '4.3.0 Try again later'), refusal(554, '5.6.0 Content rejected')]
    const server = await realServer({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(answers.shift() ?? null))
      },
    })
    const provider = openAt(server.port)
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'rate-limited' })
    expect(await provider.send(message, calm)).toMatchObject({ status: 'refused', reason: 'bad-content' })
    expect(await provider.send(message, calm)).toMatchObject({ status: 'accepted' })
  })

  it('a call that is given up after the dot ends at once, and sends nothing more', async () => {
    const abort = new AbortController()
    const reason = new Error('the look lost its lease')
    const server = await realServer({}, { onKept: () => abort.abort(reason) })
    const provider = openAt(server.port)
    await expect(provider.send(message, { signal: abort.signal })).rejects.toBe(reason)
    expect(server.mails).toHaveLength(1)
  })
})

it('a server that hangs up before it greets is asked once: the work queue repeats, and nobody else', async () => {
  let connections = 0
  const { port } = await oddServer((socket) => {
    connections += 1
    socket.end()
  })
  await expect(openAt(port).send(message, calm)).rejects.toMatchObject({ code: 'unreachable' })
  expect(connections).toBe(1)
})

describe('a connection that is kept', () => {
  it('is made anew when the server has ended it meanwhile', async () => {
    const server = await realServer()
    const provider = openAt(server.port)
    await provider.send(message, calm)
    server.breakOff()
    const receipts: unknown[] = []
    for (let attempt = 0; attempt < 3 && receipts.length === 0; attempt++)
      await provider.send({ ...message, key: 'second' }, calm).then(
        (receipt) => receipts.push(receipt),
        (error: { code: string }) => expect(error.code).toBe('unreachable'), // seen only when the letter was to leave
      )
    expect(receipts).toMatchObject([{ status: 'accepted' }])
    expect(server.mails).toHaveLength(2)
  })

  it('is ended with the provider, and what waits then is not said to be sent (trap 9)', async () => {
    const server = await realServer()
    const provider = openAt(server.port)
    await provider.send(message, calm)
    await provider.close?.()
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'unreachable' })
    expect(server.mails).toHaveLength(1)
  })

  it('outlives a refusal of one mail', async () => {
    const server = await realServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('nobody') ? refusal(550, '5.1.1 No such user') : null),
    })
    const provider = openAt(server.port)
    expect(await provider.send({ ...message, to: 'nobody@guest.test' }, calm)).toMatchObject({ reason: 'bad-address' })
    expect(await provider.send(message, calm)).toMatchObject({ status: 'accepted' })
    expect(server.connections()).toBe(1)
  })
})

describe('a server that is none', () => {
  it('trap 16: one that says 421 to too many tries is asked later', async () => {
    const { port } = await oddServer((socket) => socket.end('421 4.7.0 Too many errors\r\n'))
    await expect(openAt(port).readAccount(calm)).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('one that answers as a web server is no mail server', async () => {
    const { port } = await oddServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(openAt(port).readAccount(calm)).rejects.toMatchObject({ code: 'bad-response' })
  })
})
