cp -r examples/node node_modules/another-bot
cd node_modules/another-bot
sed -i "s#'../../bot.cjs'#'../../bots/baileys.cjs'#" backend/services/botManager.cjs
grep -q "require('../../bots/baileys.cjs')" backend/services/botManager.cjs
