import type { OnSite } from '@stayward/core/adapter'
import * as z from 'zod'

const printable = /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/

export const config = z.object({
  address: z
    .string()
    .regex(/^(?:\[[0-9a-f:]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/i, {
      error: 'The address is the host name or IP address of the device, without https:// and without a path.',
    })
    .refine((address) => URL.canParse(`https://${address}`), { error: 'There is no such address or port.' })
    .meta({
      title: 'Address',
      description:
        'Where the hub reaches the device: 192.168.1.40, or door.example.com:8443 when a router leads there. With a ' +
        'private address whoever runs the hub has to open that network to this connection.',
      shown: true,
    }),
  username: z
    .string()
    .regex(/^[\x21-\x39\x3b-\x7e]{1,63}$/, { error: 'The user name is one word without a colon.' })
    .meta({
      title: 'User name',
      description: 'Of an account under Services → HTTP API → Account 1–5 of the device. Not the web login.',
    }),
  password: z
    .string()
    .regex(printable, { error: 'The password is 1–64 plain characters (no accents), without a space at its ends.' })
    .meta({ title: 'Password', description: 'Of the same HTTP API account.' }),
  certificate: z
    .string()
    .regex(/^(?:[0-9a-f]{64}|[0-9a-f]{2}(?::[0-9a-f]{2}){31})$/i, {
      error: 'The fingerprint is the SHA-256 one: 64 hexadecimal digits, with or without colons.',
    })
    .exactOptional()
    .meta({
      title: 'Certificate fingerprint',
      description:
        "SHA-256 fingerprint of the device's certificate. Needed unless a public authority has signed it. Leave it out at " +
        'first: the connection test tells what it saw, and you compare that with the page of the device.',
      shown: true,
    }),
  opensBy: z
    .enum(['pin', 'switch-code'])
    .exactOptional()
    .meta({
      title: 'Kind of code',
      description:
        'pin (also when left out): the personal PIN, which obeys the access rules of the door. switch-code: the code of ' +
        'switch 1, for doors that are set to open by switch codes only.',
      shown: true,
    }),
})

export type Config = z.output<typeof config>

/** The one origin of this connection, and the one certificate it believes. */
export function siteOf({ address, certificate }: Pick<Config, 'address' | 'certificate'>): OnSite {
  return {
    origin: new URL(`https://${address}`).origin,
    ...(certificate === undefined ? {} : { certificate: certificate.replaceAll(':', '').toLowerCase() }),
  }
}
