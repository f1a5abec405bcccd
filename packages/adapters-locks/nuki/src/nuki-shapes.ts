import * as z from 'zod'

/**
 * Only what is read. Enumerations stay plain numbers: new devices and values appear without notice, and none of them may
 * break a reading. The published specification bounds some of them wrongly (docs/vendors/nuki.md, "Specification").
 */

/** Ids are numbers on the wire and text with us. */
const id = z.int().transform(String)
const flag = z.boolean().nullish().catch(undefined)
const anything = z.unknown().optional()

/** 0 ok, 1–3 no longer (or not properly) paired with Nuki Web, 4 offline. */
export const serverState = { ok: 0, unregistered: 1, uuidInvalid: 2, authInvalid: 3, offline: 4 } as const

export const lockType = { box: 1, opener: 2 } as const

export const lock = z.object({
  smartlockId: id,
  accountId: id,
  type: z.int(),
  name: z.string().nullish(),
  serverState: z.int(),
  /** 0 ok, 1 missing, 2 invalid. */
  adminPinState: z.int().nullish().catch(undefined),
  config: z.object({ keypadPaired: flag, keypad2Paired: flag }).nullish().catch(undefined),
  state: z
    .object({
      batteryCritical: flag,
      keypadBatteryCritical: flag,
      batteryCharge: z.number().min(0).max(100).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
})
export type Lock = z.output<typeof lock>

/** A code of the keypad among the authorizations; phones, bridges, fobs and the keypad itself have other types. */
export const keypadCode = 13

/**
 * An authorization. `name` has to be there: were it renamed, our own codes would look foreign and be made a second time.
 */
export const auth = z.object({
  id: z.string().min(1),
  smartlockId: id,
  type: z.int(),
  name: z.string().nullable(),
  /** Numbers in the specification; some integrations met text, and some later readings go without it. */
  code: z
    .union([z.int(), z.string().regex(/^\d+$/)])
    .transform(String)
    .nullish()
    .catch(undefined),
  enabled: flag,
  authId: anything,
  operationId: anything,
  error: anything,
  allowedFromDate: anything,
  allowedUntilDate: anything,
  allowedWeekDays: anything,
  allowedFromTime: anything,
  allowedUntilTime: anything,
})
export type Auth = z.output<typeof auth>

/** A row of the log. `authId` is text or a number, and either of the two ids of an authorization. */
export const logRow = z.object({
  id: z.union([z.string().min(1), z.int().transform(String)]),
  authId: z
    .union([z.string(), z.int().transform(String)])
    .nullish()
    .catch(undefined),
  name: z.string().nullish().catch(undefined),
  action: z.int(),
  trigger: z.int().nullish().catch(undefined),
  state: z.int(),
  source: z.int().nullish().catch(undefined),
  date: z.string(),
})
export type LogRow = z.output<typeof logRow>

export const registered = z.object({ id: z.int(), secret: z.string().min(1) })
export const registrations = z.array(z.object({ id: z.int(), webhookUrl: z.string().nullish() }))
