import type { HouseSetup } from '../house-setup.ts'
import type { MemoryState } from './memory-state.ts'

/** Furnishes a memory store. */
export function memoryHouse(state: MemoryState, newId: () => string): HouseSetup {
  const put = <Row extends { readonly id: string }>(rows: Map<string, Row>, row: Row): Promise<string> => {
    rows.set(row.id, row)
    return Promise.resolve(row.id)
  }
  return {
    setPolicy: async (policy) => {
      state.policy = { ...state.policy, ...policy }
    },
    setAlarmAddress: async (connectionId, to) => {
      state.alarm = { connectionId, to }
    },
    addConnection: (connection) => put(state.connections, { ...connection, id: newId() }),
    setWitness: async (connectionId, isWitness) => {
      const connection = state.connections.get(connectionId)
      if (!connection) return
      const { witness: _before, ...rest } = connection
      state.connections.set(connectionId, { ...rest, ...(isWitness ? { witness: true } : {}) })
    },
    addProperty: (property) => put(state.properties, { ...property, id: newId() }),
    addDevice: (device) =>
      put(state.devices, { ...device, id: newId(), failures: 0, foreign: [], refused: new Set<string>() }),
    addDoor: (door) => put(state.doors, { ...door, id: newId() }),
    addUnit: (unit) => put(state.units, { ...unit, id: newId() }),
    linkUnit: async (unitId, sources) => {
      const unit = state.units.get(unitId)
      if (unit) state.units.set(unitId, { ...unit, sources })
    },
  }
}
