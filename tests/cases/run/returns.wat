;; A program that just returns succeeds and says nothing.
(module (func (export "_start")))
