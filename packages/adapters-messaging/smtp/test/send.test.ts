import { generateKeyPairSync } from 'node:crypto'
import { guardLine, systemClock, systemEntropy } from '@stayward/core/adapter'
import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import smtp from '../src/adapter.ts'
import { htmlOf, letterOf } from '../src/letter.ts'
import { mailboxOf } from '../src/mail-address.ts'
import { openSubmission } from '../src/smtp-submission.ts'
import { dialBy, freshState, smtpVendor } from '../src/testing/index.ts'
import { configOf, guest } from './open.ts'
import { always, certificate, dialTo, oddServer, openAt, realServer, refusal } from './real-server.ts'

const message = { key: 'msg_01J8ZK3Q', to: guest, text: 'Bonjour Ana, votre code est 4821.' }

describe('an address', () => {
  it.each(['ana@guest.test', "o'neill+stay@guest.test", 'ana@gäste.test', 'a.b.c@sub.guest.co.test', 'ANA@Guest.Test'])(
    '%s is one mailbox',
    (text) => expect(mailboxOf(text)).toMatch(/^[^@\s]+@[a-z0-9.-]+$/),
  )

  it('trap 6: nothing is an address that would be read as a list, a name, a command or none', () => {
    const bad = [
      '',
      'ana',
      '@guest.test',
      'ana@',
      'ana@guest',
      'ana@@guest.test',
      'a@guest.test, eve@guest.test',
      'a@guest.test;eve@guest.test',
      'a@guest.test\r\nRCPT TO:<eve@guest.test>',
      'a@guest.test\nBcc: eve@guest.test',
      'Ana <ana@guest.test>',
      '"ana eve"@guest.test',
      'ana(comment)@guest.test',
      'ana @guest.test',
      'ana@guest.test ',
      'ana@[127.0.0.1]',
      'ana@127.0.0.1',
      'ana@guest.test:25',
      'ana@guest.test/x',
      'ana@guest..test',
      '.ana@guest.test',
      'ana.@guest.test',
      'añá@guest.test',
      `${'a'.repeat(65)}@guest.test`,
      `ana@${'a.'.repeat(130)}test`,
      'ana@-guest.test',
      'ana\u0000@guest.test',
      'group:a@guest.test,b@guest.test;',
    ]
    for (const text of bad) expect(mailboxOf(text), JSON.stringify(text)).toBeUndefined()
  })

  it('trap 11: one that is none is refused before a server is asked, as is an empty text', async () => {
    const provider = openAt(1, {}, () => Promise.reject(new Error('nothing may be dialled')))
    expect(await provider.send({ ...message, to: 'not-an-address' }, calm)).toMatchObject({ reason: 'bad-address' })
    expect(await provider.send({ ...message, text: ' \n' }, calm)).toMatchObject({ reason: 'bad-content' })
  })

  it('with an international domain is written as the network writes it', async () => {
    const server = await realServer()
    await openAt(server.port).send({ ...message, to: 'ana@dömäne.test' }, calm)
    expect(server.mails[0]?.headers.get('to')).toBe('ana@xn--dmne-moa0i.test')
  })
})

describe('a letter', () => {
  it('trap 10: is called by our key, in brackets, at the domain of the sender, each time', () => {
    const config = configOf({ fromAddress: 'stay@dömäne.test' })
    const letter = letterOf(config, message)
    expect(letter.messageId).toBe('<msg_01J8ZK3Q@xn--dmne-moa0i.test>')
    expect(letterOf(config, message)).toEqual(letter)
  })

  it('has a subject without a word of what it says', () => {
    expect(letterOf(configOf(), message).subject).toBe('Quai House')
    expect(letterOf(configOf({ fromName: undefined }), message).subject).toBe('stay@quai.example.test')
  })

  it('follows only what can be a Message-ID', () => {
    for (const replyTo of ['', 'x', '<a b@c.test>', '<a@c.test>\r\nBcc: eve@guest.test', '<a@c.test> <b@c.test>'])
      expect(letterOf(configOf(), { ...message, replyTo })).not.toHaveProperty('inReplyTo')
  })

  it('shows as HTML what the text says, and nothing of it works as HTML', () => {
    const html = htmlOf('Code <b>1</b> & "2"\nnext\n\n<script>x()</script>', 'fr')
    expect(html).toContain('<html lang="fr">')
    expect(html).toContain('<p>Code &lt;b&gt;1&lt;/b&gt; &amp; &quot;2&quot;<br>\nnext</p>')
    expect(html).not.toContain('<script>')
    expect(htmlOf('x', '"><x')).toContain('<html>')
  })

  it('cannot grow headers from a subject or a name', async () => {
    const server = await realServer()
    const subject = 'Hello\r\nBcc: eve@guest.test\r\n\r\nbody'
    await openAt(server.port).send({ ...message, subject }, calm)
    expect(server.envelopes).toMatchObject([{ to: [guest] }])
    expect(server.mails[0]?.headers.has('bcc')).toBe(false)
    expect(server.mails[0]?.text).toBe(message.text)
    expect(smtp.config.safeParse({ ...configOf(), fromName: 'Quai\r\nBcc: eve@guest.test' }).success).toBe(false)
  })

  it('is signed where the configuration has a key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const dkimKey = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const server = await realServer()
    const signed = { dkimDomain: 'quai.example.test', dkimSelector: 'hub', dkimKey }
    await openAt(server.port, signed).send(message, calm)
    expect(server.mails[0]?.headers.get('dkim-signature')).toMatch(
      /v=1; a=rsa-sha256;.* d=quai\.example\.test;.* s=hub;.* h=\S*from:\S*/i,
    )
  })
})

describe('the server’s word', () => {
  it('trap 5: one recipient of two is refused, and the conversation ends well', async () => {
    const server = await realServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('nobody') ? refusal(550, '5.1.1 No such user') : null),
    })
    const config = configOf({ security: 'starttls', certificateAuthority: certificate.cert })
    const submission = openSubmission(config, guardLine(dialTo(server.port), always))
    expect(await submission.submit(letterOf(config, message), [guest, 'nobody@guest.test'], calm)).toEqual({
      status: 'taken',
      messageId: '<msg_01J8ZK3Q@quai.example.test>',
      refused: [{ to: 'nobody@guest.test', reply: { code: 550, enhanced: '5.1.1' } }],
    })
    submission.close()
  })

  it('is taken for the name of the mail where the server gives it another', async () => {
    const server = await realServer({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(null, '2.0.0 OK <AM0@AM0P1.prod.outlook.com> [Hostname=AM0P1]'))
      },
    })
    expect(await openAt(server.port).send(message, calm)).toMatchObject({ vendorRef: '<AM0@AM0P1.prod.outlook.com>' })
  })

  it('trap 15: a mail that is too long is refused, whether announced or found out', async () => {
    const server = await realServer({ size: 900 })
    const long = { ...message, text: 'x'.repeat(2000) }
    expect(await openAt(server.port).send(long, calm)).toMatchObject({ status: 'refused', reason: 'bad-content' })
    const silent = await realServer({
      size: 1_000_000,
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(refusal(552, '5.3.4 Message too big')))
      },
    })
    expect(await openAt(silent.port).send(long, calm)).toMatchObject({ status: 'refused', reason: 'bad-content' })
    expect([...server.mails, ...silent.mails]).toEqual([])
  })
})

describe('a server that keeps silent', () => {
  const wait = { greeting: 60, answer: 150 }
  const config = configOf()

  it('trap 7: before the greeting ends by our patience, not after half a minute', async () => {
    const { port } = await oddServer(() => undefined)
    const submission = openSubmission(config, guardLine(dialTo(port), always), wait)
    expect(await submission.verify(calm)).toMatchObject({ waited: 'greeting', committed: false })
    submission.close()
  })

  it('trap 8: after the dot ends by our patience, and nobody knows', async () => {
    const { port } = await oddServer((socket) => {
      const replies = ['250-mail\r\n250 AUTH PLAIN\r\n', '235 ok\r\n', '250 ok\r\n', '250 ok\r\n', '354 go on\r\n']
      socket.write('220 mail\r\n')
      socket.on('data', () => socket.write(replies.shift() ?? ''))
    })
    const submission = openSubmission(config, guardLine(dialTo(port), always), wait)
    const submitted = await submission.submit(letterOf(config, message), [guest], calm)
    expect(submitted).toMatchObject({ status: 'fault', fault: { waited: 'answer', committed: true } })
    submission.close()
  })
})

describe('the configuration', () => {
  const good = configOf()
  const faultOf = (more: object) => smtp.config.safeParse({ ...good, ...more }).error?.issues[0]?.path.join('.')

  it('trap 7: refuses STARTTLS at the port that is encrypted from the first byte', () => {
    expect(faultOf({ port: 465, security: 'starttls' })).toBe('security')
    expect(faultOf({ port: 465, security: 'tls' })).toBeUndefined()
  })
  it.each([22, 80, 443, 3306, 65_536])('takes no port but those of mail: %i', (port) =>
    expect(faultOf({ port })).toBe('port'),
  )
  it.each(['https://mail.example.test', 'mail.example.test:25', 'a b', 'user@mail', '', 'mail/'])(
    'refuses "%s" as a server',
    (host) => expect(faultOf({ host })).toBe('host'),
  )
  it('asks for user and password unless the host has chosen to go without', () => {
    expect(faultOf({ signIn: 'none' })).toBe('signIn')
    const { user: _user, password: _password, ...without } = good
    expect(smtp.config.safeParse(without).error?.issues[0]?.path).toEqual(['signIn'])
    expect(smtp.config.safeParse({ ...without, signIn: 'none' }).success).toBe(true)
  })
  it('takes DKIM whole or not at all', () => {
    expect(faultOf({ dkimDomain: 'example.test' })).toBe('dkimKey')
    expect(faultOf({ dkimDomain: 'example.test', dkimSelector: 'hub', dkimKey: 'nonsense' })).toBe('dkimKey')
    expect(faultOf({ certificateAuthority: 'nonsense' })).toBe('certificateAuthority')
  })
  it('leads to one server', () => {
    expect(smtp.onSite?.({ ...good, host: 'Mail.Example.test' })).toEqual({ origin: 'smtp://mail.example.test:587' })
    expect(smtp.onSite?.({ ...good, host: '[fd12::5]', port: 25 })).toEqual({ origin: 'smtp://[fd12::5]:25' })
  })
})

describe('the fake', () => {
  const openFake = (state = freshState()) => {
    const vendor = smtpVendor({ state })
    const line = guardLine(
      dialBy((input, init) => vendor.respond(new Request(input, init))),
      always,
    )
    const provider = smtp.open({ config: configOf(), fetch, line, clock: systemClock, entropy: systemEntropy })
    return { vendor, provider }
  }

  it('remembers after a round trip through JSON', async () => {
    const { vendor, provider } = openFake()
    await provider.send(message, calm)
    const again = openFake(JSON.parse(JSON.stringify(vendor.state)) as typeof vendor.state) // its own JSON
    expect(again.vendor.received(guest)).toEqual([message.text])
    expect(again.vendor.mailsTo(guest)[0]?.headers.get('message-id')).toBe('<msg_01J8ZK3Q@quai.example.test>')
  })

  it('answers as it is told, once', async () => {
    const { vendor, provider } = openFake()
    vendor.answerNext({ at: 'recipient', to: guest, code: 450, text: '4.7.1 Greylisted' })
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'rate-limited' })
    expect(await provider.send(message, calm)).toMatchObject({ status: 'accepted' })
    vendor.answerNext({ at: 'sign-in', code: 454, text: '4.7.0 Temporary failure' })
    await expect(provider.readAccount(calm)).rejects.toMatchObject({ code: 'rate-limited' })
    vendor.state.senders = []
    await expect(provider.send(message, calm)).rejects.toMatchObject({ code: 'refused' })
  })

  it('takes a mail twice when it comes twice', async () => {
    const { vendor, provider } = openFake()
    await provider.send(message, calm)
    await provider.send(message, calm)
    expect(vendor.received(guest)).toHaveLength(2)
  })
})
