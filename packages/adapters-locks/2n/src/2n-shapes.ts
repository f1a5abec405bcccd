import * as z from 'zod'

/** Every answer, also a refusal: both come with 200. */
export const envelope = z.object({
  success: z.boolean(),
  result: z.unknown().optional(),
  error: z.object({ code: z.int() }).nullish(),
})

export const info = z.object({
  serialNumber: z.string().min(1),
  swVersion: z.string(),
  variant: z.string().nullish().catch(undefined),
  deviceName: z.string().nullish().catch(undefined),
})
export type Info = z.output<typeof info>

/** Unix seconds by the device's own clock. */
export const status = z.object({ systemTime: z.int().positive() })

/** A full entry with the defaults of this model and firmware. What is not in it, the device does not know. */
export const templates = z.object({
  series: z.union([z.string(), z.int().transform(String)]),
  users: z.array(z.record(z.string(), z.unknown())).min(1),
})
export type Template = Readonly<Record<string, unknown>>

const text = z.string().nullish()

/** An entry of the directory, of which only the fields are read that say who may come in. */
export const user = z.object({
  uuid: z.string().min(1),
  deleted: z.boolean().nullish(),
  name: text,
  owner: text,
  access: z
    .object({
      validFrom: text,
      validTo: text,
      pin: text,
      code: z.array(text).nullish(),
      accessPoints: z
        .array(
          z
            .object({ enabled: z.boolean().nullish().catch(undefined), profiles: text.catch(undefined) })
            .nullish()
            .catch(undefined),
        )
        .nullish()
        .catch(undefined),
    })
    .nullish(),
})
export type User = z.output<typeof user>

const flag = z.boolean().nullish().catch(undefined)

export const listing = z.object({
  series: z.union([z.string(), z.int().transform(String)]).nullish(),
  /** Met in two places in descriptions: the directory is not the one that was asked for. */
  invalid: flag,
  iterator: z.object({ invalid: flag }).nullish().catch(undefined),
  users: z.array(user),
})

/** What became of single entries, within an answer that says `success` in any case. */
export const outcomes = z.object({
  users: z.array(
    z.object({
      uuid: z.string().nullish().catch(undefined),
      errors: z.array(z.object({ code: z.string(), field: z.string().nullish().catch(undefined) })).nullish(),
    }),
  ),
})

/** A switch that is disabled has a number and nothing else. */
export const switches = z.object({
  switches: z.array(z.object({ switch: z.int(), enabled: z.boolean(), mode: z.string().nullish().catch(undefined) })),
})
export type Switch = z.output<typeof switches>['switches'][number]

export const channel = z.object({ id: z.int() })
export const logEvent = z.object({
  id: z.int(),
  utcTime: z.int(),
  event: z.string(),
  params: z
    .object({
      session: z.int().nullish().catch(undefined),
      uuid: z.string().nullish().catch(undefined),
      valid: flag,
    })
    .nullish()
    .catch(undefined),
})
export type LogEvent = z.output<typeof logEvent>
export const logPage = z.object({ events: z.array(logEvent) })
