import * as z from 'zod'

export const config = z.object({
  apiToken: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, { error: 'The API token is one word without spaces, as Nuki Web shows it once.' })
    .meta({
      title: 'API token',
      description:
        'From Nuki Web → menu → API → generate token. It needs the permissions to view and operate locks, to manage ' +
        'authorizations and to read the activity log. Changing the password of the account ends it.',
    }),
  webhookSecret: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, { error: 'The webhook secret is one word without spaces.' })
    .exactOptional()
    .meta({
      title: 'Webhook secret',
      description:
        'Only with webhooks: the secret that registering the address returned, or the client secret of the Advanced API ' +
        'for its central webhook. Without it deliveries still ring the bell, unproven.',
    }),
})

export type Config = z.output<typeof config>
