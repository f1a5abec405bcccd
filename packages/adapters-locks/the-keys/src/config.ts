import * as z from 'zod'
import { isZone } from './wall-clock.ts'

export const config = z.object({
  username: z
    .string()
    .regex(/^\+[1-9]\d{5,14}$/, {
      error: 'The account name is its phone number with a leading plus and no spaces, for example +33612345678.',
    })
    .meta({
      title: 'Phone number of the account',
      description: 'With + and country code, without spaces. Best an account of its own that administers the locks.',
    }),
  password: z
    .string()
    .min(1, { error: 'The password of the The Keys account is missing.' })
    .meta({ title: 'Password', description: 'The one that opens the The Keys app with this phone number.' }),
  zone: z
    .string()
    .refine(isZone, { error: 'This is no time zone. Write its IANA name, for example Europe/Paris.' })
    .exactOptional()
    .meta({
      title: 'Time zone',
      description: 'Only for locks whose own time zone The Keys does not name. Europe/Paris when left out.',
      shown: true,
    }),
})

export type Config = z.output<typeof config>
