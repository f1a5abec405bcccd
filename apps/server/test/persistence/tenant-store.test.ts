import { describeTenantStore } from '@stayward/core/testing'
import { afterAll, beforeAll } from 'vitest'
import { openHub, type TestHub } from './open-store.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await openHub()
})
afterAll(() => hub.close())

describeTenantStore({ open: () => hub.addTenant() })
