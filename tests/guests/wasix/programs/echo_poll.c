#include "server.h"
#include "poll.h"
#include "echo.h"
