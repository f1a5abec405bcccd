import type { DemoWorld } from '../../src/demo/world-file.ts'
import type { House } from '../../src/persistence/house.ts'

/** One more flat in the demo's house, with a lock of its own. */
export interface Flat {
  readonly name: string
  /** The lock at The Keys. */
  readonly lock: number
  readonly keypad: `${number}/${string}`
  /** The flat at Smoobu. */
  readonly unitRef: string
  /** Its way leads through the demo's street door. */
  readonly street: boolean
}

/** Adds a flat at the vendors and in the hub; behind the demo's street door as well when `street`. */
export async function addFlat(
  { world, house }: { readonly world: DemoWorld; readonly house: House },
  number: number,
  { street = false } = {},
): Promise<Flat> {
  const lock = 7100 + number
  const name = `Flat ${number}`
  const [model] = world.theKeys.locks.slice(2)
  if (!model) throw new Error('the demo has three locks')
  world.theKeys.locks.push({
    ...structuredClone(model),
    id: lock,
    nom: name,
    accessories: model.accessories.map((part) => ({
      ...structuredClone(part),
      id: part.id + 100 * number,
      id_accessoire: part.type === 2 ? `Kp${lock}test` : `Gw${lock}test`,
    })),
  })
  world.smoobu.apartments.push({ id: 700_200 + number, name, timeZone: 'Europe/Paris' })
  const flat: Flat = { name, lock, keypad: `${lock}/Kp${lock}test`, unitRef: String(700_200 + number), street }
  const deviceId = await house.putDevice({ connection: 'locks', vendorId: flat.keypad, name })
  await house.putDoor({ slug: `d-${number}`, name, entry: { kind: 'device', deviceId, tellAt: 'confirmed' } })
  await house.putUnit({
    slug: `u-${number}`,
    name,
    property: 'quai-house',
    path: [...(street ? ['street'] : []), `d-${number}`],
    sources: [{ connection: 'smoobu', ref: flat.unitRef }],
  })
  return flat
}
