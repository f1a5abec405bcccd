import * as z from 'zod'

/** Only what is read. What else an answer holds (keys of the lock, people, positions) is dropped here and kept nowhere. */

/** Some clients met ids as text, some as numbers. */
const id = z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String)
const text = z.string().nullish()
/** Whatever it is, its absence included: judged field by field where it is used. */
const anything = z.unknown().optional()

export const envelope = z.object({
  status: z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{3}$/)
      .transform(Number),
  ]),
  data: anything,
  message: anything,
})

export const signedIn = z.object({
  token: text,
  access_token: text,
  expires_in: anything,
})

/** 1 gateway, 2 keypad, 3 remote button; text in some places. */
export const accessoryType = { gateway: 1, keypad: 2 } as const

const accessory = z.object({
  id_accessoire: text,
  nom: text,
  type: z.union([z.number(), z.string()]).transform(Number),
})

const lock = z
  .object({
    id,
    nom: text,
    timezone: text,
    battery: anything,
    accessoires: z
      .array(z.object({ accessoire: accessory.nullish(), info: z.object({ last_seen: anything }).nullish() }))
      .nullish(),
  })
  .transform(({ id, nom, timezone, battery, accessoires }) => {
    const accessories = accessoires ?? []
    return {
      id,
      name: nom ?? '',
      zone: timezone ?? undefined,
      millivolts: battery,
      keypads: accessories.flatMap(({ accessoire }) => {
        if (accessoire?.type !== accessoryType.keypad || !accessoire.id_accessoire) return []
        return [{ id: accessoire.id_accessoire, name: accessoire.nom ?? '' }]
      }),
      gateways: accessories
        .filter(({ accessoire }) => accessoire?.type === accessoryType.gateway)
        .map(({ info }) => ({ lastSeen: info?.last_seen })),
    }
  })
export type Lock = z.output<typeof lock>

export const account = z
  .object({ id, firstname: text, lastname: text, serrures: z.array(lock) })
  .transform(({ id, firstname, lastname, serrures }) => ({
    id,
    name: [firstname, lastname].filter(Boolean).join(' '),
    locks: serrures,
  }))
export type TheKeysAccount = z.output<typeof account>

/**
 * `description` has to be there, though it may be null: were it renamed, our own codes would look foreign and be made a
 * second time. The same for the accessory, which says on which keypad a code is.
 */
const share = z.object({
  id,
  nom: anything,
  actif: anything,
  date_debut: anything,
  date_fin: anything,
  heure_debut: anything,
  heure_fin: anything,
  code: anything,
  description: z.string().nullable(),
  accessoire: accessory,
})

/** A code on a keypad. */
export interface KeypadShare {
  readonly id: string
  readonly keypadId: string
  readonly keypadName: string
  readonly name: string
  readonly enabled?: boolean
  readonly pin?: string
  readonly description: string | null
  readonly fromDate: unknown
  readonly fromTime: unknown
  readonly untilDate: unknown
  readonly untilTime: unknown
}

/** The codes of a lock. Shares of gateways and buttons stand in the same list, and their `code` is a secret: dropped. */
export const keypadShares = z
  .object({ partages_accessoire: z.array(share).nullish() })
  .transform(({ partages_accessoire }, context) =>
    (partages_accessoire ?? []).flatMap((row): KeypadShare[] => {
      if (row.accessoire.type !== accessoryType.keypad) return []
      const keypadId = row.accessoire.id_accessoire
      if (!keypadId) {
        context.addIssue({
          code: 'custom',
          path: ['partages_accessoire', 'accessoire', 'id_accessoire'],
          message: 'missing',
        })
        return []
      }
      return [
        {
          id: row.id,
          keypadId,
          keypadName: row.accessoire.nom ?? '',
          name: typeof row.nom === 'string' ? row.nom : '',
          description: row.description,
          fromDate: row.date_debut,
          fromTime: row.heure_debut,
          untilDate: row.date_fin,
          untilTime: row.heure_fin,
          ...(typeof row.actif === 'boolean' ? { enabled: row.actif } : {}),
          ...(typeof row.code === 'string' && row.code !== '' ? { pin: row.code } : {}),
        },
      ]
    }),
  )

/** What a create says of the code it made. */
export const created = z.object({ id: id.nullish().catch(undefined), code: z.string().nullish().catch(undefined) })
