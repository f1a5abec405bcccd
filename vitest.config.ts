import { defineConfig } from 'vitest/config'

const conditions = ['@stayward/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{test,apps/*/test,packages/core/test,packages/adapters-*/*/test}/**/*.test.ts'],
    globalSetup: ['apps/server/test/global-setup.ts'],
    pool: 'threads',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
