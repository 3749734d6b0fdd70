"""STAC as it is found: in the shapes of Planetary Computer, Earth Search and the extensions."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def daymet(region: str = "westeurope") -> Json:
    """A collection of Planetary Computer: one Zarr store by two addresses, and a thumbnail."""
    store = "daymet-zarr/daily/hi.zarr"
    opens = {"xarray:open_kwargs": {"consolidated": True}, "roles": ["data", "zarr", "https"]}
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": "daymet-daily-hi",
        "title": "Daymet Daily Hawaii",
        "description": "Gridded estimates of daily weather parameters.",
        "keywords": ["Daymet", "Hawaii", "Temperature", "Precipitation"],
        "license": "proprietary",
        "extent": {
            "spatial": {"bbox": [[-160.3, 17.9, -154.7, 23.5]]},
            "temporal": {"interval": [["1980-01-01T12:00:00Z", "2020-12-30T12:00:00Z"]]},
        },
        "cube:dimensions": {"time": {"type": "temporal"}},
        "cube:variables": {
            "prcp": {"type": "data", "dimensions": ["time", "y", "x"]},
            "lat": {"type": "auxiliary", "dimensions": ["y", "x"]},
            "tmax": {"type": "data", "dimensions": ["time", "y", "x"]},
        },
        "msft:region": region,
        "msft:storage_account": "daymeteuwest",
        "msft:container": "daymet-zarr",
        "assets": {
            "thumbnail": {
                "href": "https://ai4edatasetspublicassets.blob.core.windows.net/hi.png",
                "type": "image/png",
                "roles": ["thumbnail"],
            },
            "zarr-https": {
                "href": f"https://daymeteuwest.blob.core.windows.net/{store}",
                "type": "application/vnd+zarr",
                "title": "Daily Hawaii Daymet HTTPS Zarr root",
                **opens,
            },
            "zarr-abfs": {
                "href": f"abfs://{store}",
                "type": "application/vnd+zarr",
                "title": "Daily Hawaii Daymet Azure Blob File System Zarr root",
                **opens,
                "xarray:storage_options": {"account_name": "daymeteuwest"},
            },
        },
        "links": [
            {"rel": "items", "href": "https://pc.example/api/collections/daymet-daily-hi/items"},
            {"rel": "self", "href": "https://pc.example/api/collections/daymet-daily-hi"},
        ],
    }


def sentinel(address: str = "https://pc.example/api", **more: Any) -> Json:
    """A collection of images behind an API."""
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": "sentinel-2-l2a",
        "title": "Sentinel-2 Level-2A",
        "description": "Optical imagery.",
        "license": "proprietary",
        "extent": {"temporal": {"interval": [["2015-06-27T10:25:31Z", None]]}},
        "item_assets": {"B01": {"type": "image/tiff", "roles": ["data"]}},
        "assets": {
            "geoparquet-items": {
                "href": "abfs://items/sentinel-2-l2a.parquet",
                "type": "application/x-parquet",
                "roles": ["stac-items"],
            }
        },
        "links": [
            {"rel": "items", "href": f"{address}/collections/sentinel-2-l2a/items"},
            {"rel": "self", "href": f"{address}/collections/sentinel-2-l2a"},
        ],
        **more,
    }


def landsat() -> Json:
    """An item of Earth Search: a band by HTTPS and, as an alternate, in a bucket (storage v1)."""
    path = "collection02/level-2/standard/oli-tirs/2023/081/LC09_SR_B4.TIF"
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "LC09_L2SP_081108_20230311_02_T1",
        "collection": "landsat-c2-l2",
        "properties": {"datetime": "2023-03-11T23:50:00Z", "title": "One scene"},
        "assets": {
            "red": {
                "href": f"https://landsatlook.usgs.gov/data/{path}",
                "type": "image/vnd.stac.geotiff; cloud-optimized=true",
                "title": "Red Band (B4)",
                "roles": ["data"],
                "alternate": {
                    "s3": {
                        "storage:platform": "AWS",
                        "storage:region": "us-west-2",
                        "storage:requester_pays": True,
                        "href": f"s3://usgs-landsat/{path}",
                    }
                },
            },
            "mtl.xml": {
                "href": "https://landsatlook.usgs.gov/data/MTL.xml",
                "type": "application/xml",
                "roles": ["metadata"],
            },
            "index": {"href": "https://landsatlook.usgs.gov/stac-browser", "type": "text/html"},
        },
        "links": [],
    }


def naip() -> Json:
    """An item with the storage extension's version 2: schemes, and references to them."""
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": "naip",
        "properties": {
            "datetime": "2016-09-28T00:00:00Z",
            "storage:schemes": {
                "az": {
                    "type": "ms-azure",
                    "platform": "https://{account}.blob.core.windows.net",
                    "account": "naip-nsl",
                    "region": "westus2",
                },
                "aws": {
                    "type": "aws-s3",
                    "platform": "https://{bucket}.s3.{region}.amazonaws.com",
                    "bucket": "naip-visualization",
                    "region": "us-west-2",
                    "requester_pays": True,
                },
                "minio": {
                    "type": "custom-s3",
                    "platform": "https://play.min.io:9000",
                    "region": "us-east-1",
                },
            },
        },
        "assets": {
            "rgb": {
                "href": "s3://naip-visualization/tx/2016/rgb.tif",
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "storage:refs": ["aws"],
                "alternate": {
                    "minio": {"href": "s3://mybucket/tx/2016/rgb.tif", "storage:refs": ["minio"]}
                },
            },
            "rgbir": {
                "href": "https://naipnsl.blob.core.windows.net/tx/2016/rgbir.tif",
                "type": "image/tiff; application=geotiff",
                "storage:refs": ["az"],
            },
        },
        "links": [],
    }
