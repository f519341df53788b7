-- Whether each answer is the one that is expected, and which side gave it; what came of all of them, as JSON.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init(arguments)
    expected = arguments[1]
    fastapi, flask, wrong, example = 0, 0, 0, ""
end

function response(status, headers, body)
    if status ~= 200 or body ~= expected then
        wrong = wrong + 1
        example = status .. " " .. body:sub(1, 60):gsub("[^%w ]", " ")
    elseif (headers["x-served-by"] or headers["X-Served-By"]) == "fastapi" then
        fastapi = fastapi + 1
    else
        flask = flask + 1
    end
end

function done(summary, latency)
    local total = {fastapi = 0, flask = 0, wrong = 0}
    local last = ""
    for _, thread in ipairs(threads) do
        for name, count in pairs(total) do
            total[name] = count + thread:get(name)
        end
        last = #thread:get("example") > 0 and thread:get("example") or last
    end
    io.write(string.format(
        '\n{"fastapi": %d, "flask": %d, "wrong": %d, "example": "%s", "slowest": %d, '
            .. '"connect": %d, "read": %d, "write": %d, "timeout": %d}\n',
        total.fastapi, total.flask, total.wrong, last, latency.max / 1000,
        summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.timeout
    ))
end
