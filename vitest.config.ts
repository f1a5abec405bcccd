import { defineConfig } from 'vitest/config'

const conditions = ['@stayward/source']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const limits = { pool: 'threads', testTimeout: 20_000, hookTimeout: 60_000 } as const

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'packages',
          ...limits,
          include: ['{test,packages/core/test,packages/adapters-*/*/test}/**/*.test.ts'],
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
