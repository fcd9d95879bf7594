from app.settings import Settings, load

settings = load(Settings, {"PORT": "80"})
assert settings.port == 80, settings
assert settings.name == "shop"
