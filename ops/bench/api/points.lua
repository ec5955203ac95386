-- Asks for another place each time; set by the arguments west, south, east, north.
local west, south, east, north

function init(arguments)
  west, south, east, north = tonumber(arguments[1]), tonumber(arguments[2]), tonumber(arguments[3]), tonumber(arguments[4])
  math.randomseed(os.time())
end

function request()
  local lon = west + math.random() * (east - west)
  local lat = south + math.random() * (north - south)
  return wrk.format("GET", string.format("/api/rain-at?lon=%.5f&lat=%.5f", lon, lat))
end
