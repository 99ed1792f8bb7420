#include "server.h"
#include <wait_poll.h>
#include "echo.h"
