#include "server.h"
#include "epoll.h"
#include "echo.h"
