import * as z from 'zod'

/** What a host types in to connect a Beds24 account. */
export const beds24Config = z.object({
  credential: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{10,4000}$/, 'One long word without spaces, as Beds24 shows it.')
    .meta({
      title: 'Invite code or token',
      description:
        'Beds24 → Settings → Marketplace → API → Generate invite code, with read:bookings, read:bookings-personal, ' +
        'write:bookings-personal and read:properties. It works once, within 24 hours.',
    }),
  kind: z.enum(['invite-code', 'refresh-token', 'long-life-token']).default('invite-code').meta({
    title: 'What it is',
    description: 'A long-life token may only read: then no message can be sent through Beds24.',
    shown: true,
  }),
  webhookToken: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{16,200}$/, 'At least 16 letters, digits or signs without spaces; used for nothing else.')
    .meta({
      title: 'Webhook token',
      description:
        'A random word that Beds24 sends back as the custom header X-Stayward-Token. Deliveries without it are refused.',
    })
    .exactOptional(),
})

export type Beds24Config = z.output<typeof beds24Config>
