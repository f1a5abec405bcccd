import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { OnSite } from '@stayward/core/adapter'
import * as z from 'zod'
import { asciiDomain, mailboxOf } from './mail-address.ts'

/** Where mail is handed in. Others would let a connection be used to feel out a network. */
const ports = [25, 465, 587, 2525] as const

const mailbox = (what: string) =>
  z
    .string()
    .trim()
    .refine((text) => mailboxOf(text) !== undefined, {
      error: `${what} is one plain mail address: stay@example.com. Its name goes into "fromName".`,
    })
const oneLine = /^[^\p{Cc}]{1,100}$/u
const domain = z
  .string()
  .trim()
  .refine((text) => asciiDomain(text) !== undefined, { error: 'This is a domain: example.com.' })
const pem = (what: string, parses: (text: string) => unknown) =>
  z.string().refine((text) => isReadable(text, parses), {
    error: `${what} begins with "-----BEGIN" and holds all its lines. Copy the whole file.`,
  })

/** What a host types in to connect one mailbox that sends. */
export const smtpConfig = z
  .object({
    host: z
      .string()
      .trim()
      .regex(/^(?:\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)$/i, {
        error: 'The server is a host name or an IP address, without a port: smtp.example.com.',
      })
      .meta({
        title: 'Mail server',
        description:
          'The server for outgoing mail (SMTP): smtp.example.com. With a private address whoever runs the hub has to open ' +
          'that network to this connection.',
        shown: true,
      }),
    port: z.literal(ports, { error: 'Mail is handed in at port 587, 465, 2525 or 25.' }).default(587).meta({
      title: 'Port',
      description: '587 nearly everywhere; 465 where the provider says "SSL" or "SMTPS".',
      shown: true,
    }),
    security: z.enum(['starttls', 'tls', 'none']).default('starttls').meta({
      title: 'Encryption',
      description:
        'starttls at port 587 or 25, tls at port 465. none is taken only inside a private network that the operator opened.',
      shown: true,
    }),
    certificateAuthority: pem('The certificate', (text) => new X509Certificate(text))
      .exactOptional()
      .meta({
        title: 'Certificate of your own authority',
        description: 'Only when no public authority vouches for the mail server: the certificate that does, as PEM.',
        shown: true,
      }),
    signIn: z.enum(['password', 'none']).default('password').meta({
      title: 'Sign-in',
      description: 'password nearly everywhere. none only for a server that takes mail from this hub without asking.',
      shown: true,
    }),
    user: z
      .string()
      .min(1)
      .max(300)
      .exactOptional()
      .meta({ title: 'User name', description: 'Usually the mail address itself.' }),
    password: z.string().min(1).max(1000).exactOptional().meta({
      title: 'Password',
      description: 'With two-step sign-in at the provider an app password, made for this hub alone.',
    }),
    fromAddress: mailbox('The sender').meta({
      title: 'Sender',
      description: 'The address that guests see and answer to. The provider has to let this user send as it.',
      shown: true,
    }),
    fromName: z
      .string()
      .trim()
      .regex(oneLine, { error: 'The name of the sender is one line of at most 100 characters.' })
      .exactOptional()
      .meta({ title: 'Name of the sender', description: 'Shown beside the address: Quai House.', shown: true }),
    replyTo: mailbox('The address for answers').exactOptional().meta({
      title: 'Answers go to',
      description: 'When they should not go to the sender.',
      shown: true,
    }),
    hubName: domain.exactOptional().meta({
      title: 'Name of the hub',
      description: 'How the hub introduces itself to the server. The domain of the sender when left out.',
      shown: true,
    }),
    dkimDomain: domain.exactOptional().meta({
      title: 'DKIM domain',
      description: 'Only when the mail server does not sign by itself; with the two fields below.',
      shown: true,
    }),
    dkimSelector: z
      .string()
      .trim()
      .regex(/^[a-z0-9](?:[a-z0-9._-]{0,62})$/i, { error: 'The selector is the word before "._domainkey".' })
      .exactOptional()
      .meta({ title: 'DKIM selector', description: 'The word before "._domainkey" in the DNS.', shown: true }),
    dkimKey: pem('The DKIM key', createPrivateKey)
      .exactOptional()
      .meta({ title: 'DKIM key', description: 'The private key, as PEM.' }),
  })
  .refine(({ port, security }) => port !== 465 || security !== 'starttls', {
    error: 'Port 465 is encrypted from the first byte: choose tls (or port 587).',
    path: ['security'],
  })
  .refine(
    ({ signIn, user, password }) => [user, password].every((each) => (each === undefined) === (signIn === 'none')),
    { error: 'With signIn "password" enter user and password; with "none" leave both out.', path: ['signIn'] },
  )
  .refine(
    ({ dkimDomain, dkimSelector, dkimKey }) =>
      new Set([dkimDomain === undefined, dkimSelector === undefined, dkimKey === undefined]).size === 1,
    {
      error: 'DKIM needs domain, selector and key; leave all three out when the mail server signs.',
      path: ['dkimKey'],
    },
  )

export type SmtpConfig = z.output<typeof smtpConfig>

/** The one server of this connection. */
export function siteOf({ host, port }: Pick<SmtpConfig, 'host' | 'port'>): OnSite {
  return { origin: `smtp://${host.toLowerCase()}:${port}` }
}

function isReadable(text: string, parses: (text: string) => unknown): boolean {
  try {
    return parses(text) !== undefined
  } catch {
    return false // the sentence of the refinement says what to do; the parser's own words are for programmers
  }
}
