# Two stages: the second holds the program, root certificates and time zones, and
# nothing else; no shell, no package manager, no root.
#
#   docker build --build-arg VERSION=$(git describe --tags --always) --build-arg COMMIT=$(git rev-parse --short HEAD) \
#     --build-arg DATE=$(git log -1 --format=%cs) -t takeover-bot .
#   docker run --rm -p 127.0.0.1:8080:8080 takeover-bot demo --in-container --addr :8080
#   docker run --rm takeover-bot manifest --url https://takeover.example.com
#   docker run --env-file .env -v takeover:/data -p 127.0.0.1:8080:8080 takeover-bot

FROM golang:1.26.10-bookworm AS build
WORKDIR /src
# The modules first: they change less often than the code, so they stay cached.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG COMMIT=
ARG DATE=
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X main.version=${VERSION} -X main.commit=${COMMIT} -X main.date=${DATE}" -o /out/bot ./cmd/bot \
 && mkdir /out/data

FROM gcr.io/distroless/static:nonroot
COPY --from=build /out/bot /bot
# The data folder belongs to the user the bot runs as, which a new volume inherits.
COPY --from=build --chown=65532:65532 /out/data /data
ENV DATABASE_URL=sqlite:///data/takeover.db \
    LISTEN_ADDR=:8080
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/bot"]
CMD ["serve"]
