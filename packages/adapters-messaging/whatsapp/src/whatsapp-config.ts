import * as z from 'zod'
import { languagesIn } from './template-languages.ts'

const id = (what: string, where: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{5,25}$/, `The ${what} has digits only, and is not the phone number itself. ${where}`)
const templateName = z
  .string()
  .trim()
  .regex(/^[a-z0-9_]{1,512}$/, 'A template name has small letters, digits and _ only, as in the WhatsApp Manager.')
  .exactOptional()
const appSecret = z
  .string()
  .trim()
  .regex(/^[0-9a-f]{32}$/i, 'The app secret has 32 characters, 0–9 and a–f: App settings, Basic, "App secret", Show.')

/** What a host types in to connect one WhatsApp business number. */
export const whatsAppConfig = z.object({
  phoneNumberId: id('phone number id', 'It stands under the number on the page "API setup" of the Meta app.').meta({
    title: 'Phone number id',
    description: 'Which number this connection is for. From the page "API setup" of the Meta app; not the number.',
    shown: true,
  }),
  businessAccountId: id(
    'WhatsApp business account id',
    'It stands beside the phone number id on the page "API setup" of the Meta app.',
  ).meta({
    title: 'WhatsApp business account id',
    description: 'Of the account that the number and the templates belong to. From the page "API setup".',
    shown: true,
  }),
  accessToken: z
    .string()
    .trim()
    .regex(/^\S{20,2000}$/, 'The access token is one long word that begins with EAA. Copy it again.')
    .meta({
      title: 'Access token',
      description: 'Of a system user, not the temporary one of the page "API setup", which ends within a day.',
    }),
  appSecret: appSecret.meta({
    title: 'App secret',
    description: 'What Meta signs deliveries with. App settings, Basic.',
  }),
  previousAppSecret: appSecret.exactOptional().meta({
    title: 'Previous app secret',
    description: 'While an app secret is being replaced: deliveries signed with this one are taken, too.',
  }),
  verifyToken: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{16,200}$/, 'The verify token has at least 16 characters without spaces. Use a random one.')
    .meta({
      title: 'Verify token',
      description: 'A random word of your own; the same is entered beside the webhook address at Meta.',
    }),
  doorCodeTemplate: templateName.meta({
    title: 'Template of the door code',
    description: 'Told to guests who have not written within a day, which is nearly all of them.',
    shown: true,
  }),
  changeTemplate: templateName.meta({
    title: 'Template of a change',
    description: 'As above, when something that the guest was told has changed.',
    shown: true,
  }),
  withdrawalTemplate: templateName.meta({
    title: 'Template of a withdrawal',
    description: 'As above, when a door code no longer works.',
    shown: true,
  }),
  alarmTemplate: templateName.meta({
    title: 'Template of alarms',
    description: 'Only when your own alarms should come by WhatsApp.',
    shown: true,
  }),
  templateLanguages: z
    .string()
    .trim()
    .refine((text) => languagesIn(text) !== undefined, {
      error:
        'Write the languages of your templates as "en, fr, pt=pt_BR": two letters, and Meta\'s code where it differs.',
    })
    .default('en')
    .meta({
      title: 'Languages of the templates',
      description:
        'Every template has to exist in each of them. "en, fr, pt=pt_BR"; guests with another language get the first.',
      shown: true,
    }),
  templateParameters: z.enum(['named', 'positional']).default('named').meta({
    title: 'Parameters of the templates',
    description: 'named: {{guest_name}}. positional: {{1}}, in the order of the README.',
    shown: true,
  }),
  graphVersion: z
    .string()
    .regex(/^v\d{2}\.\d$/, 'A version of the Graph API reads v26.0.')
    .default('v26.0')
    .meta({
      title: 'Graph API version',
      description: 'Each lives about two years. Change it only when Meta announces its end.',
      shown: true,
    }),
})

export type WhatsAppConfig = z.output<typeof whatsAppConfig>
