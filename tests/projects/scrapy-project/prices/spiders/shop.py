import scrapy


class ShopSpider(scrapy.Spider):
    name = "shop"
