import * as z from 'zod'

/** What a host types in to connect an SMSFactor account. */
export const smsFactorConfig = z
  .object({
    apiToken: z
      .string()
      .trim()
      .regex(
        /^\S{10,2000}$/,
        'The API token is one long word without spaces. Copy it from the page "Token" of the SMSFactor account.',
      )
      .meta({
        title: 'API token',
        description: 'From the page "Token" in the developer menu of secure.smsfactor.com.',
      }),
    sender: z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9]{0,10}$/,
        'The sender has at most 11 letters or digits (no accents, no spaces) and starts with a letter. Shorten it, or leave it empty.',
      )
      .exactOptional()
      .meta({
        title: 'Sender name',
        description:
          'Shown instead of a number. Guests cannot reply to a name: leave it empty if they should be able to.',
        shown: true,
      }),
    webhookSecret: z
      .string()
      .min(16, 'The webhook secret has at least 16 characters. Use a random one, for this purpose only.')
      .exactOptional()
      .meta({
        title: 'Webhook secret',
        description:
          'The "signature" given when the webhook was created at SMSFactor. Use a random word, for this purpose only.',
      }),
    signature: z.enum(['observe', 'enforce']).default('observe').meta({
      title: 'Webhook signature',
      description:
        'observe: deliveries are taken whether or not their signature is recognised. enforce: others are refused. Enforce only after the webhook log has shown a recognised signature.',
      shown: true,
    }),
    simulate: z.boolean().default(false).meta({
      title: 'Simulate',
      description: 'SMSFactor checks token, number and text, but sends nothing and charges nothing.',
      shown: true,
    }),
    accents: z.enum(['keep', 'strip']).default('keep').meta({
      title: 'Accents',
      description:
        'strip: letters such as ê or ł are sent as e and l where the whole text then needs fewer and cheaper parts. keep: as written.',
      shown: true,
    }),
    lowCredits: z.int().min(0).max(1_000_000).default(50).meta({
      title: 'Warn below',
      description: 'A warning is shown when fewer credits than this are left.',
      shown: true,
    }),
  })
  .refine(({ signature, webhookSecret }) => signature === 'observe' || webhookSecret !== undefined, {
    path: ['webhookSecret'],
    message:
      'Signatures cannot be enforced without a webhook secret. Enter the secret, or set "signature" to "observe".',
  })

export type SmsFactorConfig = z.output<typeof smsFactorConfig>
