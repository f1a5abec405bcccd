import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { chosenBug } from './test/bug-bank/planted.ts'
import { plantedBug } from './test/bug-bank/vite-plugin.ts'

const conditions = ['@stayward/source']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }
// What was transformed with a bug in it is kept for no other run.
const fsModuleCache = chosenBug(process.env) === undefined
const limits = { pool: 'threads', testTimeout: 60_000, hookTimeout: 60_000, fsModuleCache } as const

export default defineConfig({
  ...shared,
  plugins: [plantedBug()],
  test: {
    fsModuleCache,
    // Left to itself vitest keeps one core free, and of two that is half. Many tests of the server wait for a process or a clock.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        ...shared,
        test: {
          name: 'packages',
          ...limits,
          include: ['{test,packages/core/test,packages/adapters-*/*/test}/**/*.test.ts'],
          exclude: ['test/published/**'],
        },
      },
      {
        // What users install: packed as it is published, in folders that never saw this repository.
        ...shared,
        test: {
          name: 'published',
          ...limits,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          include: ['test/published/**/*.test.ts'],
          globalSetup: ['test/published/global-setup.ts'],
        },
      },
      {
        // Everything of the server may use the PostgreSQL that the set-up starts.
        ...shared,
        test: {
          name: 'server',
          ...limits,
          include: ['apps/server/test/**/*.test.ts'],
          globalSetup: ['apps/server/test/global-setup.ts'],
        },
      },
    ],
  },
})
