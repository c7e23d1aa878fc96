#!/bin/sh
# Entry point of an app's container: runs the migrations, notifies Hasten, and then starts the app.
#
#   ENTRYPOINT ["/app/entrypoint.sh"]
#   CMD ["node", "server.js"]
#
# DIRECT_URL is the URL of PostgreSQL itself. HASTEN_URL, such as https://hasten.example.com, and HASTEN_API_KEY, a key
# with the scope schema, are optional: with cache.invalidation: stream, Hasten notices the migrations by itself.
set -eu

npx prisma migrate deploy

if [ -n "${HASTEN_URL:-}" ]; then
  curl --fail --silent --show-error --retry 5 --retry-all-errors -X POST \
    -H "Authorization: Bearer $HASTEN_API_KEY" "$HASTEN_URL/schema/invalidate"
fi

exec "$@"
