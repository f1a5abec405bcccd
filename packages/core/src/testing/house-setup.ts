import type { PortName } from '../ports/capabilities.ts'
import type { Policy } from '../domain/policy.ts'
import type { Door, Property } from '../domain/property.ts'

/** How a test or a simulation furnishes a tenant, whatever keeps it. Every method resolves to the new thing's id. */
export interface HouseSetup {
  setPolicy(policy: Partial<Policy>): Promise<void>
  /** Where the operator is alarmed. */
  setAlarmAddress(connectionId: string, to: string): Promise<void>
  addConnection(connection: { readonly name: string; readonly port: PortName }): Promise<string>
  /** A source whose bookings are kept in sync and cause nothing, or one that counts again. Marking is left to the caller. */
  setWitness(connectionId: string, isWitness: boolean): Promise<void>
  addProperty(property: Omit<Property, 'id'>): Promise<string>
  addDevice(device: {
    readonly connectionId: string
    readonly vendorId: string
    readonly name: string
  }): Promise<string>
  addDoor(door: Omit<Door, 'id'>): Promise<string>
  addUnit(unit: {
    readonly propertyId: string
    readonly name: string
    /** Doors from the street on. */
    readonly path: readonly string[]
    /** The flat's ids in booking systems. */
    readonly sources: readonly { readonly connectionId: string; readonly ref: string }[]
  }): Promise<string>
  /** Changes which flats of booking systems a unit stands for. */
  linkUnit(unitId: string, sources: readonly { readonly connectionId: string; readonly ref: string }[]): Promise<void>
}
